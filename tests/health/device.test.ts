import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/health/evaluate.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { province } from "../topology/province.ts";
import { measurement as m, NOW, pair, part, port, rated, sample, silent } from "./samples.ts";

const inventory = province({
  devices: [{ id: "r", site: "s", interfaces: [{ name: "ge0" }, { name: "ge9", monitored: false }] }],
});
const topology = buildTopology(inventory);
const snapshotOf = (...samples: DeviceSample[]) =>
  evaluate({ inventory, topology, samples: rated(...samples), nowMs: NOW });
const stateOf = (...samples: DeviceSample[]) => {
  const { state, reasons } = snapshotOf(...samples).devices.get("r")!;
  return { state, reasons: reasons.map(({ code, severity }) => `${code} ${severity}`) };
};
const ge0 = port("ge0");

describe("whether a device answers", () => {
  test("answering, all well", () => {
    expect(stateOf(sample("r", NOW, { components: [ge0] }))).toEqual({ state: "up", reasons: [] });
  });

  test("silent is down, since the first of the unbroken silence", () => {
    expect(stateOf(silent("r"))).toEqual({ state: "down", reasons: ["no-answer critical"] });
    const since = snapshotOf(
      sample("r", NOW - 180_000, { components: [ge0] }),
      silent("r", NOW - 120_000),
      silent("r", NOW),
    ).devices.get("r");
    expect(since?.sinceMs).toBe(NOW - 120_000);
  });

  test("answers ping but not SNMP: degraded, not down", () => {
    const pinged = {
      ...silent("r"),
      reachability: { method: "icmp", sent: 3, received: 3, rttMs: { min: 1, mean: 1, max: 1 } },
    } as const;
    expect(stateOf(pinged)).toEqual({ state: "degraded", reasons: ["agent-silent warning"] });
  });

  test.each([
    ["refused", "refused warning"],
    ["unauthenticated", "unauthenticated warning"],
    ["unresolved", "unresolved warning"],
    ["invalid", "invalid-answer warning"],
    ["skipped", "skipped info"],
  ] as const)("outcome %s: unknown, with its reason", (outcome, why) => {
    const failed = sample("r", NOW, { outcome, error: { code: outcome, message: "told by the poller" } });
    expect(stateOf(failed)).toEqual({ state: "unknown", reasons: [why] });
    expect(snapshotOf(failed).devices.get("r")?.reasons[0]?.values).toEqual({
      message: "told by the poller",
    });
  });

  test("never polled, and polled too long ago", () => {
    expect(stateOf()).toEqual({ state: "unknown", reasons: ["never-polled info"] });
    expect(stateOf(silent("r", NOW - 16 * 60_000))).toEqual({ state: "unknown", reasons: ["stale warning"] });
    // Polled hourly, an hour is not too old.
    const hourly = [2, 1].map((hours) => sample("r", NOW - hours * 3_600_000, { components: [ge0] }));
    expect(stateOf(...hourly).state).toBe("up");
  });

  test("partly answered: judged by what there is", () => {
    const partial = sample("r", NOW, { outcome: "partial", incomplete: ["interface"] });
    expect(stateOf(partial)).toEqual({ state: "up", reasons: ["partial info"] });
  });
});

describe("restarts", () => {
  const at = (seconds: number, upSeconds: number) =>
    sample("r", NOW + (seconds - 120) * 1000, {
      incarnation: { sysUpTimeTicks: upSeconds * 100 },
      components: [ge0],
    });

  test("are told while recent, also across the silence of booting", () => {
    expect(stateOf(at(0, 5000), at(60, 30))).toEqual({ state: "degraded", reasons: ["rebooted warning"] });
    expect(stateOf(at(0, 5000), silent("r", NOW - 60_000), at(120, 50)).reasons).toEqual([
      "rebooted warning",
    ]);
    expect(stateOf(at(0, 5000), at(60, 30), at(120, 90)).reasons).toEqual(["rebooted warning"]);
  });

  test("but not after a quarter of an hour, and a wrap of sysUpTime is none", () => {
    expect(stateOf(at(-900, 5000), at(-840, 30), at(60, 930)).reasons).toEqual([]);
    const wrap = 2 ** 32 / 100;
    expect(stateOf(at(0, wrap - 30), at(60, 30)).reasons).toEqual([]);
  });
});

describe("parts of a device", () => {
  const withPart = (...parts: Parameters<typeof part>[]) =>
    stateOf(sample("r", NOW, { components: [ge0, ...parts.map((row) => part(...row))] }));

  test.each([
    ["processor", { busyPercent: m.gauge(85, "percent") }, "processor-busy warning"],
    ["processor", { busyPercent: m.gauge(99, "percent") }, "processor-busy critical"],
    ["memory", { usedPercent: m.gauge(91, "percent") }, "memory-used warning"],
    ["storage", { usedPercent: m.gauge(98, "percent") }, "storage-used critical"],
    ["temperature", { value: m.gauge(80, "celsius") }, "temperature-high warning"],
    ["fan", { status: m.state("failed", "critical") }, "component-state critical"],
    ["power-supply", { status: m.state("noInput", "warning") }, "component-state warning"],
    ["raid", { status: m.state("degraded", "critical") }, "component-state critical"],
    ["bgp-peer", { state: m.state("active", "critical") }, "bgp-peer-down critical"],
    ["ospf-neighbor", { state: m.state("init", "warning") }, "ospf-neighbor-down critical"],
    ["vpn-tunnel", { status: m.state("down", "critical") }, "vpn-tunnel-down critical"],
    ["sdwan-link", { status: m.state("dead", "critical") }, "sdwan-link-down critical"],
    ["ups", { outputSource: m.state("battery", "warning") }, "ups-on-battery warning"],
    ["ups", { secondsOnBattery: m.gauge(40, "seconds") }, "ups-on-battery warning"],
    ["ups", { batteryStatus: m.state("batteryLow", "critical") }, "ups-battery critical"],
    ["ups", { batteryReplace: m.state("replace", "warning") }, "ups-battery-replace warning"],
    ["ups", { outputLoadPercent: m.gauge(97, "percent") }, "ups-overload critical"],
  ] as const)("%s %o", (componentClass, measurements, why) => {
    expect(withPart([componentClass, "x", measurements])).toEqual({ state: "degraded", reasons: [why] });
  });

  test.each([
    ["bgp-peer", { state: m.state("idle", "critical"), adminStatus: m.state("stop") }],
    ["bgp-peer", { state: m.state("established", "ok"), lastError: m.state("cease", "warning") }],
    ["ospf-neighbor", { state: m.state("twoWay", "warning") }],
    ["ups", { outputSource: m.state("normal", "ok"), secondsOnBattery: m.gauge(0, "seconds") }],
    ["memory", { usedPercent: m.gauge(89.9, "percent") }],
    ["humidity", { value: m.gauge(99, "percent") }],
    ["fan", { status: m.state("noneSuch", "unknown") }],
  ] as const)("no fault: %s %o", (componentClass, measurements) => {
    expect(withPart([componentClass, "x", measurements])).toEqual({ state: "up", reasons: [] });
  });

  test("the profile's own limits come before the defaults", () => {
    const hot = { value: m.gauge(80, "celsius") };
    expect(withPart(["temperature", "x", hot, { warningAbove: 85, criticalAbove: 95 }]).state).toBe("up");
    expect(withPart(["temperature", "x", hot, { criticalAbove: "79.5" }]).reasons).toEqual([
      "temperature-high critical",
    ]);
    const dark = { value: m.gauge(-31, "dBm") };
    expect(withPart(["optical-power", "x", dark, { warningBelow: -20, criticalBelow: -30 }]).reasons).toEqual(
      ["below-limit critical"],
    );
    const disk = { temperatureCelsius: m.gauge(30, "celsius"), badSectors: m.gauge(7, "count") };
    // A limit of 0 means "any at all": none bad is no fault (bad batteries of a UPS).
    const none = { status: m.state("ok", "ok"), badSectors: m.gauge(0) };
    expect(withPart(["disk", "x", none, { limitOf: "badSectors", criticalAbove: 0 }]).state).toBe("up");
    const one = { status: m.state("ok", "ok"), badSectors: m.gauge(1) };
    expect(withPart(["disk", "x", one, { limitOf: "badSectors", criticalAbove: 0 }]).state).toBe("degraded");
    expect(withPart(["disk", "x", disk, { limitOf: "badSectors", warningAbove: 1 }]).reasons).toEqual([
      "above-limit warning",
    ]);
  });

  test("since when, as far back as the samples show the fault without a break", () => {
    const disk = (minutes: number, percent: number) =>
      sample("r", NOW - minutes * 60_000, {
        components: [ge0, part("storage", "/var", { usedPercent: m.gauge(percent, "percent") })],
      });
    const { devices } = snapshotOf(disk(4, 99), disk(3, 20), disk(2, 98), disk(1, 99), disk(0, 99));
    expect(devices.get("r")?.sinceMs).toBe(NOW - 2 * 60_000);
  });

  test("an empty toner is told and is no fault", () => {
    expect(
      withPart(["printer-supply", "black", { levelPercent: m.gauge(1, "percent") }, { criticalBelow: 5 }]),
    ).toEqual({
      state: "up",
      reasons: ["below-limit info"],
    });
  });

  test("states of the parts themselves: what failed is down, what is hot or full is degraded", () => {
    const { components } = snapshotOf(
      sample("r", NOW, {
        components: [
          ge0,
          part("fan", "f", { status: m.state("failed", "critical") }),
          part("storage", "d", { usedPercent: m.gauge(99, "percent") }),
          part("state", "?", { status: m.state("42", "unknown") }),
        ],
      }),
    );
    expect([...components.values()].map(({ id, state }) => [id, state])).toEqual([
      ["r/fan/f", "down"],
      ["r/storage/d", "degraded"],
      ["r/state/?", "unknown"],
    ]);
  });
});

describe("interfaces", () => {
  const verdict = (name: string, ...ports: Parameters<typeof port>[1][]) => {
    const samples =
      ports.length > 1
        ? pair("r", (seconds) => [port(name, ports[seconds === 0 ? 0 : 1])])
        : [sample("r", NOW, { components: [port(name, ports[0])] })];
    const { state, reasons } = snapshotOf(...samples).interfaces.get(`r/interface/${name}`)!;
    return { state, reasons: reasons.map(({ code, severity }) => `${code} ${severity}`) };
  };

  test.each([
    [{ oper: "down" }, "down", "interface-down critical"],
    [{ oper: "lowerLayerDown" }, "down", "interface-down critical"],
    [{ oper: "dormant" }, "up", "dormant info"],
    [{ oper: "notPresent" }, "unknown", "not-present warning"],
    [{ oper: "testing" }, "unknown", "oper-status-other info"],
    [{ oper: "down", admin: "down" }, "down", "admin-down warning"],
  ])("an expected port %o is %s", (given, state, why) => {
    expect(verdict("ge0", given)).toEqual({ state, reasons: [why] });
  });

  test("any other port may be down without anybody's being told", () => {
    expect(verdict("ge1", { oper: "down" })).toEqual({ state: "down", reasons: ["interface-down info"] });
    expect(verdict("ge1", { admin: "down", oper: "down" })).toEqual({
      state: "unknown",
      reasons: ["admin-down info"],
    });
    expect(stateOf(sample("r", NOW, { components: [ge0, port("ge1", { oper: "down" })] })).state).toBe("up");
  });

  test("an expected port that is down or gone makes its device degraded", () => {
    expect(stateOf(sample("r", NOW, { components: [port("ge0", { oper: "down" })] }))).toEqual({
      state: "degraded",
      reasons: ["interface-down critical"],
    });
    expect(stateOf(sample("r", NOW, { components: [port("ge1")] }))).toEqual({
      state: "degraded",
      reasons: ["interface-missing warning"],
    });
  });

  const packets = (seconds: number, perSecond: number) => ({ inUcastPackets: 1e6 + seconds * perSecond });
  test("late collisions with bad frames, or on a half-duplex port, are a duplex mismatch", () => {
    const collisions = (late: number, fcs: number) => ({
      counters: { ...packets(60, 1000), lateCollisions: late, fcsErrors: fcs },
    });
    const before = { counters: { ...packets(0, 1000), lateCollisions: 0, fcsErrors: 0 } };
    expect(verdict("ge1", before, collisions(30, 60)).reasons).toEqual(["duplex-mismatch warning"]);
    expect(
      verdict("ge1", { ...before, duplex: "halfDuplex" }, { ...collisions(30, 0), duplex: "halfDuplex" })
        .reasons,
    ).toEqual(["duplex-mismatch warning", "half-duplex info"]);
    expect(verdict("ge1", before, collisions(0, 60))).toEqual({ state: "up", reasons: [] });
    expect(verdict("ge9", before, collisions(30, 60))).toEqual({
      state: "up",
      reasons: ["duplex-mismatch info"],
    });
  });

  test("errors are the mismatch's symptom, and not told beside it", () => {
    const at = (late: number, errors: number) => ({
      counters: {
        ...packets(errors === 0 ? 0 : 60, 100),
        lateCollisions: late,
        fcsErrors: errors,
        inErrors: errors,
      },
    });
    expect(verdict("ge1", at(0, 0), at(30, 600)).reasons).toEqual([
      "duplex-mismatch warning",
      "interface-errors info",
    ]);
  });

  test("half duplex shares the line between both directions", () => {
    const octets = (value: number) => ({
      mbps: 100,
      duplex: "halfDuplex",
      counters: { inOctets: value, outOctets: value },
    });
    expect(verdict("ge0", octets(0), octets(60 * 6e6)).reasons).toContain("interface-utilisation critical");
  });

  test("half duplex alone is told, but not of 10 Mbit/s ports", () => {
    expect(verdict("ge1", { duplex: "halfDuplex", mbps: 100 })).toEqual({
      state: "degraded",
      reasons: ["half-duplex warning"],
    });
    expect(verdict("ge1", { duplex: "halfDuplex", mbps: 10 })).toEqual({
      state: "up",
      reasons: ["half-duplex info"],
    });
  });

  test("errors and discards count as a share of packets, from ten in an interval", () => {
    const errors = (count: number, perSecond = 1000) => [
      { counters: { ...packets(0, perSecond), inErrors: 0, outDiscards: 0 } },
      { counters: { ...packets(60, perSecond), inErrors: count, outDiscards: 0 } },
    ];
    expect(verdict("ge1", ...errors(30)).reasons).toEqual([]);
    expect(verdict("ge1", ...errors(120)).reasons).toEqual(["interface-errors warning"]);
    expect(verdict("ge1", ...errors(1200)).reasons).toEqual(["interface-errors critical"]);
    expect(verdict("ge1", ...errors(9, 0)).reasons).toEqual([]);
  });

  test("a gap gives no quality, and a busy access port is not told as a fault", () => {
    const octets = (value: number) => ({ mbps: 100, counters: { inOctets: value } });
    expect(verdict("ge0", octets(0), octets(60 * 12e6)).reasons).toEqual(["interface-utilisation critical"]);
    expect(verdict("ge1", octets(0), octets(60 * 12e6)).reasons).toEqual(["interface-utilisation info"]);
    expect(verdict("ge0", octets(9e9), octets(5)).reasons).toEqual([]);
  });
});
