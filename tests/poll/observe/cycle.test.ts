/** The steady state: what a cycle gives, and what makes it discover anew. */
import { describe, expect, test } from "vitest";
import { discoverDevice, observeDevice } from "../../../src/poll/observe.ts";
import { loadProfiles } from "../../../src/profiles/index.ts";
import type { Component } from "../../../src/samples/types.ts";
import { play, standard } from "./playing.ts";

const profiles = await loadProfiles();
const options = { device: "sw1", family: "generic" };
const sorted = (components: readonly Component[]) =>
  components.toSorted((left, right) =>
    `${left.class}/${left.key}` < `${right.class}/${right.key}` ? -1 : 1,
  );

test.each(["interfaces", "host", "net-snmp", "entity-sensors", "routing", "ups", "printer"])(
  "a cycle of %s gives what its discovery gave, and asks less",
  async (name) => {
    await using playing = await play(standard(name));
    const { plan, observation } = await discoverDevice(playing.session, profiles, options);
    const asked = playing.agent.counters.requests;
    const again = await observeDevice(playing.session, plan!);
    expect(again.outcome).toBe("complete");
    expect(sorted(again.components)).toEqual(sorted(observation.components));
    expect(again.incarnation).toEqual(observation.incarnation);
    expect(playing.agent.counters.requests - asked).toBeLessThan(asked);
    expect(plan!.stale).toBe(false);
  },
);

/** Interfaces by index: name, octets. */
const device = (upTime: number, interfaces: Record<number, [string, number]>, more = "") => {
  const rows = Object.entries(interfaces).map(
    ([index, [name, octets]]) =>
      `m.2.2.1.2.${index}|4|${name}\nm.2.2.1.8.${index}|2|1\nm.2.2.1.10.${index}|65|${octets}\nm.31.1.1.1.1.${index}|4|${name}`,
  );
  return `m.1.1.0|4|Test\nm.1.2.0|6|1.3.6.1.4.1.99999\nm.1.3.0|67|${upTime}\n${rows.join("\n")}\n${more}`;
};
const octets = (components: readonly Component[]) =>
  Object.fromEntries(
    components
      .filter((one) => one.class === "interface")
      .map((one) => [one.key, Number(one.measurements.inOctets?.value)]),
  );

describe("rediscovery", () => {
  test("after a restart that renumbered, octets follow the names", async () => {
    await using playing = await play(
      device(500_000, { 1: ["eth0", 100], 2: ["eth1", 200] }, "m.31.1.5.0|67|77"),
    );
    const { plan } = await discoverDevice(playing.session, profiles, options);
    await playing.becomes(device(1000, { 1: ["eth1", 20], 2: ["eth0", 10] }, "m.31.1.5.0|67|77"));
    expect(octets((await observeDevice(playing.session, plan!)).components)).toEqual({ eth0: 10, eth1: 20 });
    expect(octets((await observeDevice(playing.session, plan!)).components)).toEqual({ eth0: 10, eth1: 20 });
  });

  test("without a restart and without ifTableLastChange, changed names are noticed", async () => {
    await using playing = await play(device(1000, { 1: ["eth0", 100], 2: ["eth1", 200] }));
    const { plan } = await discoverDevice(playing.session, profiles, options);
    await playing.becomes(device(2000, { 1: ["eth1", 201], 2: ["eth0", 101] }));
    expect(octets((await observeDevice(playing.session, plan!)).components)).toEqual({
      eth0: 101,
      eth1: 201,
    });
  });

  test("ifTableLastChange moved: a new interface is there in the same cycle", async () => {
    await using playing = await play(device(1000, { 1: ["eth0", 100] }, "m.31.1.5.0|67|5"));
    const { plan } = await discoverDevice(playing.session, profiles, options);
    await playing.becomes(device(2000, { 1: ["eth0", 101], 9: ["wg0", 1] }, "m.31.1.5.0|67|1500"));
    expect(octets((await observeDevice(playing.session, plan!)).components)).toEqual({ eth0: 101, wg0: 1 });
  });

  test("interfaces that come and go all the time do not make every cycle a discovery; names are checked instead", async () => {
    const at = (time: number) =>
      device(time, { 1: ["eth0", time], [time]: ["ppp", 1] }, `m.31.1.5.0|67|${time}`);
    await using playing = await play(at(1000));
    const { plan } = await discoverDevice(playing.session, profiles, options);
    const discoveries: number[] = [];
    for (let cycle = 1; cycle <= 5; cycle++) {
      await playing.becomes(at(1000 + cycle));
      plan!.discoveredAtMs = Date.now() - 1000;
      const before = plan!.discoveredAtMs;
      const { components } = await observeDevice(playing.session, plan!);
      if (plan!.discoveredAtMs !== before) discoveries.push(cycle);
      expect(octets(components).eth0).toBe(1000 + cycle);
    }
    expect(discoveries).toEqual([1, 2]);
    await playing.becomes(device(2000, { 1: ["wlan0", 7], 9: ["eth0", 8] }, "m.31.1.5.0|67|2000"));
    expect(octets((await observeDevice(playing.session, plan!)).components)).toEqual({ wlan0: 7, eth0: 8 });
  });

  test("sysUpTime wrapping after 497 days is no restart: nothing is asked anew", async () => {
    await using playing = await play(device(4_294_967_000, { 1: ["eth0", 100] }, "m.31.1.5.0|67|5"));
    const { plan } = await discoverDevice(playing.session, profiles, options);
    const discoveredAtMs = plan!.discoveredAtMs;
    await playing.becomes(device(300, { 1: ["eth0", 101] }, "m.31.1.5.0|67|5"));
    await observeDevice(playing.session, plan!);
    expect(plan!.discoveredAtMs).toBe(discoveredAtMs);
  });

  test("rows the plan does not know make a discovery due, a vanished one is gone at once", async () => {
    const fan = (index: number, state: number) =>
      `m.99.1.1.1.1.${index}|2|10\nm.99.1.1.1.2.${index}|2|9\nm.99.1.1.1.3.${index}|2|0\nm.99.1.1.1.4.${index}|2|${state}\nm.99.1.1.1.5.${index}|2|1\n`;
    const fans = (components: readonly Component[]) =>
      components.filter((one) => one.class === "fan").map((one) => one.measurements.value?.value);
    await using playing = await play(device(1000, {}, fan(1, 100) + fan(2, 200)));
    const { plan } = await discoverDevice(playing.session, profiles, options);
    await playing.becomes(device(2000, {}, fan(2, 201)));
    expect(fans((await observeDevice(playing.session, plan!)).components)).toEqual([201]);
    expect(plan!.stale).toBe(true);
    plan!.discoveredAtMs -= 3_600_000;
    await playing.becomes(device(3000, {}, fan(2, 202) + fan(3, 302)));
    expect(fans((await observeDevice(playing.session, plan!)).components)).toEqual([202, 302]);
    expect(plan!.stale).toBe(false);
  });
});

describe("keys", () => {
  test("two interfaces of one name are told apart whatever their order, and stay so", async () => {
    const text = (first: string, second: string) =>
      `${device(1000, { 1: ["lan", 1], 2: ["lan", 2] })}\nm.31.1.1.1.18.1|4|${first}\nm.31.1.1.1.18.2|4|${second}`;
    await using playing = await play(text("office", "guests"));
    const { observation } = await discoverDevice(playing.session, profiles, options);
    expect(octets(observation.components)).toEqual({ "lan office": 1, "lan guests": 2 });
    await playing.becomes(text("guests", "office"));
    const turned = await discoverDevice(playing.session, profiles, options);
    expect(octets(turned.observation.components)).toEqual({ "lan guests": 1, "lan office": 2 });
  });

  test("what nothing tells apart gets the row's index", async () => {
    await using playing = await play(device(1000, { 3: ["lan", 1], 4: ["lan", 2] }));
    const { observation } = await discoverDevice(playing.session, profiles, options);
    expect(octets(observation.components)).toEqual({ "lan#3": 1, "lan#4": 2 });
  });
});

describe("families", () => {
  test("a device named in the inventory keeps its family, whatever it answers", async () => {
    await using playing = await play(standard("ups"));
    const { observation } = await discoverDevice(playing.session, profiles, {
      device: "x",
      family: "cisco-ios",
    });
    expect(observation.system?.family).toBe("cisco-ios");
  });

  test("a family that does not exist is an error with the nearest name", async () => {
    await using playing = await play(standard("ups"));
    const discovery = discoverDevice(playing.session, profiles, { device: "x", family: "cisco-ois" });
    await expect(discovery).rejects.toMatchObject({
      exitCode: 22,
      problems: [{ hint: 'did you mean "cisco-ios"?' }],
    });
  });

  test("SNMPv1: missing objects do not spoil the rest", async () => {
    await using playing = await play(standard("host"), {
      version: "1",
      credential: { version: "1", community: "public" },
    });
    const { observation, plan } = await discoverDevice(playing.session, profiles, options);
    expect(observation.outcome).toBe("complete");
    expect(observation.components.filter((one) => one.class === "storage").length).toBe(2);
    const again = await observeDevice(playing.session, plan!);
    expect(sorted(again.components)).toEqual(sorted(observation.components));
  });
});
