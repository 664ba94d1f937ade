import { describe, expect, test } from "vitest";
import type { Device } from "../../src/inventory/model.ts";
import { secret } from "../../src/inventory/secret.ts";
import type { Clock } from "../../src/poll/clock.ts";
import { DevicePoller, type DevicePollerParts } from "../../src/poll/device-poller.ts";
import type { Observation } from "../../src/poll/observer.ts";
import { SnmpRequestError } from "../../src/snmp/error.ts";
import type { SnmpDriver, SnmpSession, SnmpTarget } from "../../src/snmp/types.ts";
import { makeInterface } from "../samples/make-sample.ts";
import { makeDevice } from "./make-device.ts";

/** Stand-ins for a driver and the profiles' engine, whose behaviour a test changes as it goes. */
function stage(change: Partial<DevicePollerParts<string>> = {}) {
  const opened: SnmpTarget[] = [];
  const log: string[] = [];
  const clock = { wall: 1_760_000_000_000, monotonic: 1000 };
  const behaviour = {
    observation: {
      incarnation: { sysUpTimeTicks: 100_000 },
      components: [],
      incomplete: [],
      absent: {},
      outcome: "complete",
    } as Observation,
    observe: async (): Promise<Observation> => behaviour.observation,
    plan: "plan" as string | undefined,
    get: async () => [],
  };
  const session = (target: SnmpTarget): SnmpSession =>
    ({ target, get: () => behaviour.get(), close: () => log.push("closed") }) as unknown as SnmpSession;
  const driver = {
    open: (target: SnmpTarget) => {
      opened.push(target);
      return session(target);
    },
  } as unknown as SnmpDriver;
  const poller = new DevicePoller<string>({
    observer: {
      discover: async () => {
        log.push("discover");
        return { ...(behaviour.plan && { plan: behaviour.plan }), observation: await behaviour.observe() };
      },
      observe: async () => {
        log.push("observe");
        return behaviour.observe();
      },
    },
    driver: async () => driver,
    credential: async () => ({ kind: "snmp", snmp: { version: "2c", community: secret("public") } }),
    addresses: { resolve: async (name) => name },
    reach: { options: { intervalMs: 0 } },
    clock: { wallMs: () => clock.wall, monotonicMs: () => clock.monotonic } satisfies Clock,
    pollerEpoch: "epoch",
    ...change,
  });
  const poll = (device: Device, seconds = 60) => {
    clock.monotonic += seconds * 1000;
    clock.wall += seconds * 1000;
    return poller.poll(device);
  };
  return { poller, poll, opened, log, clock, behaviour };
}

const router = makeDevice("router-1", { reachability: { method: "snmp" } });

test("a device is discovered once and then read", async () => {
  const { poll, log, behaviour, opened } = stage();
  behaviour.observation.components = [makeInterface({})];
  const first = await poll(router);
  behaviour.observation = { ...behaviour.observation, incarnation: { sysUpTimeTicks: 106_000 } };
  await poll(router);
  expect(log).toEqual(["discover", "observe"]);
  expect(opened.map(({ retries }) => retries)).toEqual([undefined, 0]);
  expect(first).toMatchObject({
    device: "router-1",
    outcome: "complete",
    pollerEpoch: "epoch",
    monotonicMs: 61_000,
    reachability: { method: "snmp", sent: 3, received: 3 },
  });
  expect(first.error).toBeUndefined();
});

test("it is discovered anew when the inventory names another profile", async () => {
  const { poll, log } = stage();
  await poll(router);
  await poll({ ...router, profile: "linux-net-snmp" });
  await poll({ ...router, profile: "linux-net-snmp" });
  expect(log.filter((word) => word !== "closed")).toEqual(["discover", "discover", "observe"]);
});

test("a device that gave nothing to plan with is discovered again", async () => {
  const { poll, log, behaviour } = stage();
  behaviour.plan = undefined;
  await poll(router);
  await poll(router);
  expect(log).toEqual(["discover", "discover"]);
});

describe("what goes wrong is in the sample", () => {
  const silent: Observation = {
    incarnation: {},
    components: [],
    incomplete: [],
    absent: {},
    outcome: "no-answer",
    error: { code: "timeout", message: "127.0.0.1: no answer" },
  };

  test("no answer, with the tries the reading made as loss", async () => {
    const { poll, behaviour } = stage();
    behaviour.observe = async () => silent;
    expect(await poll(router)).toMatchObject({
      ...silent,
      reachability: { method: "snmp", sent: 3, received: 0 },
    });
  });

  test("a device that did not answer is known for it until it does", async () => {
    const { poll, poller, behaviour } = stage();
    behaviour.observe = async () => silent;
    await poll(router);
    expect(poller.wasSilent(router)).toBe(true);
    behaviour.observe = async () => behaviour.observation;
    await poll(router);
    expect(poller.wasSilent(router)).toBe(false);
  });

  test("a driver that cannot talk so", async () => {
    const { poll } = stage({
      driver: () => Promise.reject(new SnmpRequestError("unsupported", "127.0.0.1", "no SNMPv3 here")),
    });
    expect(await poll(router)).toMatchObject({ outcome: "skipped", error: { code: "unsupported" } });
  });

  test("a bug in reading one device is that device's", async () => {
    const { poll, behaviour } = stage();
    behaviour.observe = () => Promise.reject(new TypeError("undefined is not a function"));
    expect(await poll(router)).toMatchObject({ outcome: "invalid", error: { code: "unexpected" } });
  });

  test("a reading that is not whole is partial", async () => {
    const { poll, behaviour } = stage();
    behaviour.observation = {
      ...behaviour.observation,
      outcome: "partial",
      incomplete: ["interface"],
      error: { code: "not-increasing", message: "the walk went backwards" },
    };
    expect(await poll(router)).toMatchObject({
      outcome: "partial",
      incomplete: ["interface"],
      error: { code: "not-increasing" },
    });
  });

  test("a name without an address", async () => {
    const { poll, opened } = stage({ addresses: { resolve: () => Promise.reject(new Error("ENOTFOUND")) } });
    expect(await poll(makeDevice("named", { address: "router.example" }))).toMatchObject({
      outcome: "unresolved",
      error: { code: "name-not-resolved" },
    });
    expect(opened).toEqual([]);
  });

  test("a credential that cannot be had, or is for something else", async () => {
    const missing = stage({
      credential: () => Promise.reject(Object.assign(new Error("the file is missing"), { fix: "make it" })),
    });
    expect(await missing.poll(router)).toMatchObject({
      outcome: "skipped",
      error: { code: "credential-unresolved", fix: "make it" },
    });
    const other = stage({ credential: async () => ({ kind: "ssh", user: "root" }) });
    expect(await other.poll(router)).toMatchObject({
      outcome: "skipped",
      error: { code: "credential-unresolved" },
    });
  });
});

describe("reachability", () => {
  const icmp = (received: number | undefined) => ({
    command: "fping" as const,
    probe: async () => (received === undefined ? undefined : { method: "icmp" as const, sent: 3, received }),
  });

  test("by ICMP where the device asks for it", async () => {
    const { poll } = stage({ reach: { icmp: icmp(2) } });
    expect((await poll(makeDevice("d"))).reachability).toEqual({ method: "icmp", sent: 3, received: 2 });
  });

  test.each([
    ["filtered on the way", icmp(0)],
    ["could not be measured", icmp(undefined)],
    ["not to be had on this machine", undefined],
  ])("by SNMP where ICMP is %s", async (_why, source) => {
    const { poll } = stage({ reach: { icmp: source, options: { intervalMs: 0 } } });
    expect((await poll(makeDevice("d"))).reachability).toMatchObject({
      method: "snmp",
      sent: 3,
      received: 3,
    });
  });

  test("ICMP loss stands when the device answers nothing else either", async () => {
    const { poll, behaviour } = stage({ reach: { icmp: icmp(0) } });
    behaviour.observation = { ...behaviour.observation, outcome: "no-answer" };
    expect((await poll(makeDevice("d"))).reachability).toEqual({ method: "icmp", sent: 3, received: 0 });
  });

  test("a probe that is lost is loss, not an error of the device", async () => {
    const { poll, behaviour } = stage();
    let asked = 0;
    behaviour.get = async () => {
      asked += 1;
      if (asked === 2) throw new SnmpRequestError("timeout", "127.0.0.1", "no answer");
      return [];
    };
    expect(await poll(router)).toMatchObject({ outcome: "complete", reachability: { sent: 3, received: 2 } });
  });
});

test("another address of the same name opens new sessions and closes the old", async () => {
  let address = "192.0.2.1";
  const { poll, opened, log } = stage({ addresses: { resolve: async () => address } });
  await poll(router);
  address = "192.0.2.2";
  await poll(router);
  expect(opened.map((target) => target.address)).toEqual([
    "192.0.2.1",
    "192.0.2.1",
    "192.0.2.2",
    "192.0.2.2",
  ]);
  expect(log.filter((word) => word === "closed")).toHaveLength(2);
});
