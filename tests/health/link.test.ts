import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/health/evaluate.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { province } from "../topology/province.ts";
import { NOW, pair, port, rated, sample, silent } from "./samples.ts";

/** core — (fiber 20 Mbit/s primary, lte backup) — commune, with a switch behind the commune's router. */
const inventory = province({
  devices: [
    { id: "core", site: "center" },
    { id: "router", site: "commune" },
    { id: "switch", site: "commune", role: "switch" },
  ],
  links: [
    {
      id: "fiber",
      a: "core/ge1",
      b: "router/ge0",
      committedMbps: { in: 10, out: 20 },
      group: { id: "g", role: "primary" },
      slo: { availabilityPercent: 99.5, rttMs: 30, lossPercent: 1 },
    },
    { id: "lte", kind: "cellular", a: "core/tun1", b: "router/lte0", group: { id: "g", role: "backup" } },
  ],
});
const topology = buildTopology(inventory);
const snapshotOf = (...samples: DeviceSample[]) =>
  evaluate({ inventory, topology, samples: rated(...samples), nowMs: NOW });
const codes = (subject: { state: string; reasons: readonly { code: string }[] } | undefined) =>
  [subject?.state, ...(subject?.reasons.map(({ code }) => code) ?? [])].join(" ");

type Ends = { ge1?: string; tun1?: string; ge0?: string; lte0?: string };
const core = ({ ge1 = "up", tun1 = "up" }: Ends = {}) =>
  sample("core", NOW, { components: [port("ge1", { oper: ge1 }), port("tun1", { oper: tun1, mbps: 50 })] });
const router = ({ ge0 = "up", lte0 = "up" }: Ends = {}, rest: Partial<DeviceSample> = {}) =>
  sample("router", NOW, {
    components: [port("ge0", { oper: ge0 }), port("lte0", { oper: lte0, mbps: 50 })],
    ...rest,
  });
const lan = sample("switch", NOW);

describe("down, or not known to be", () => {
  test("both ends up", () => {
    const { links, sites, agencies } = snapshotOf(core(), router(), lan);
    expect(codes(links.get("fiber"))).toBe("up");
    expect([sites.get("commune")?.state, agencies.get("commune")?.state]).toEqual(["up", "up"]);
  });

  test("an interface at either end that is down proves the link down, since then", () => {
    const health = snapshotOf(
      sample("core", NOW - 60_000, { components: [port("ge1", { oper: "down" })] }),
      core({ ge1: "down" }),
      router(),
    );
    expect(codes(health.links.get("fiber"))).toBe("down link-end-down");
    expect(health.links.get("fiber")?.sinceMs).toBe(NOW - 60_000);
    expect(health.linkMeasures.get("fiber")).toEqual({});
    expect(codes(snapshotOf(core(), router({ ge0: "lowerLayerDown" })).links.get("fiber"))).toBe(
      "down link-end-down",
    );
  });

  test("shut by hand, module out, and dormant", () => {
    const shut = sample("core", NOW, {
      components: [port("ge1", { admin: "down", oper: "down" }), port("tun1")],
    });
    expect(codes(snapshotOf(shut, router()).links.get("fiber"))).toBe("down link-end-shut");
    expect(codes(snapshotOf(core({ ge1: "notPresent" }), router()).links.get("fiber"))).toBe(
      "down link-end-not-present",
    );
    expect(codes(snapshotOf(core(), router({ lte0: "dormant" })).links.get("lte"))).toBe("up link-standby");
  });

  test("a far end that does not answer proves nothing", () => {
    const health = snapshotOf(core(), silent("router"), silent("switch"));
    expect(codes(health.links.get("fiber"))).toBe("unknown far-end-silent");
    expect(codes(health.devices.get("router"))).toBe("down no-answer");
    expect(codes(health.sites.get("commune"))).toMatch(/^down no-answer/);
  });

  test("one end never polled, or without such an interface", () => {
    expect(codes(snapshotOf(core(), lan).links.get("fiber"))).toBe("up link-end-unmeasured");
    expect(
      codes(snapshotOf(sample("core", NOW, { components: [port("tun1")] }), router()).links.get("fiber")),
    ).toBe("up interface-missing");
    expect(codes(snapshotOf().links.get("fiber"))).toBe("unknown no-evidence");
  });

  test("the upper device down makes its links unreachable because of it", () => {
    const health = snapshotOf(silent("core"), silent("router"));
    expect(codes(health.links.get("fiber"))).toBe("unreachable unreachable-because");
    expect(health.links.get("fiber")?.because).toEqual({ kind: "device", id: "core" });
    expect(health.devices.get("router")?.because).toEqual({ kind: "device", id: "core" });
  });
});

describe("primary and backup", () => {
  test("on backup: the primary is down, the backup carries, site and agency are degraded", () => {
    const { links, sites, agencies, devices } = snapshotOf(
      core({ ge1: "down" }),
      router({ ge0: "down" }),
      lan,
    );
    expect(codes(links.get("fiber"))).toBe("down link-end-down link-end-down");
    expect(codes(links.get("lte"))).toBe("up carrying-for-primary");
    expect(codes(sites.get("commune"))).toBe("degraded on-backup link-end-down link-end-down");
    expect(agencies.get("commune")?.state).toBe("degraded");
    expect(codes(devices.get("router"))).toBe("up interface-down");
  });

  test("the backup down while the primary carries: no reserve", () => {
    const { sites } = snapshotOf(core({ tun1: "down" }), router({ lte0: "down" }), lan);
    expect(codes(sites.get("commune"))).toContain("degraded");
    expect(codes(sites.get("commune"))).toContain("no-backup");
  });

  test("both down: the site is down, its devices unreachable because of the primary", () => {
    const { sites, devices } = snapshotOf(
      core({ ge1: "down", tun1: "down" }),
      silent("router"),
      silent("switch"),
    );
    expect(codes(sites.get("commune"))).toBe("down link-end-down link-end-down");
    expect(devices.get("switch")?.because).toEqual({ kind: "link", id: "fiber" });
  });
});

describe("an upper device that is cut off", () => {
  const chain = province({
    devices: ["core", "hub", "commune"].map((id) => ({ id, site: id })),
    links: [
      { id: "trunk", a: "core/ge0", b: "hub/ge0" },
      { id: "fiber", a: "hub/ge1", b: "commune/ge0", group: { id: "g", role: "primary" } },
      { id: "sat", a: "core/sat0", b: "commune/sat0", group: { id: "g", role: "backup" } },
    ],
  });
  test("makes its links unreachable, and the agency that answers over its backup is on backup", () => {
    const health = evaluate({
      inventory: chain,
      topology: buildTopology(chain),
      nowMs: NOW,
      samples: rated(
        sample("core", NOW, { components: [port("ge0", { oper: "down" }), port("sat0")] }),
        silent("hub"),
        sample("commune", NOW, { components: [port("ge0"), port("sat0")] }),
      ),
    });
    expect(health.links.get("fiber")).toMatchObject({
      state: "unreachable",
      because: { kind: "link", id: "trunk" },
    });
    expect(codes(health.links.get("sat"))).toBe("up carrying-for-primary");
    expect(codes(health.sites.get("commune"))).toBe("degraded on-backup unreachable-because");
    expect(health.devices.get("commune")?.state).toBe("up");
  });
});

describe("what a link carries", () => {
  const traffic = (device: string, name: string, inMbps: number, outMbps: number, other: string) =>
    pair(device, (seconds) => [
      port(name, {
        counters: {
          inOctets: 1e6 + (seconds * inMbps * 1e6) / 8,
          outOctets: 1e6 + (seconds * outMbps * 1e6) / 8,
        },
      }),
      port(other, { mbps: 50, counters: { inOctets: 1e6, outOctets: 1e6 + (seconds * 41e6) / 8 } }),
    ]);

  test("against the committed rate, seen from the center's end", () => {
    const health = snapshotOf(
      ...traffic("core", "ge1", 5, 19, "tun1"),
      ...traffic("router", "ge0", 18, 6, "lte0"),
    );
    expect(health.linkMeasures.get("fiber")).toMatchObject({
      measuredAt: "a",
      inBitsPerSecond: 5e6,
      outBitsPerSecond: 19e6,
      inUtilisationPercent: 50,
      outUtilisationPercent: 95,
    });
    expect(codes(health.links.get("fiber"))).toBe("degraded link-utilisation");
    // No committed rate: the slower port, 50 Mbit/s.
    expect(health.linkMeasures.get("lte")).toMatchObject({ outUtilisationPercent: 82 });
  });

  test("only the agency's end known: turned around", () => {
    const health = snapshotOf(...traffic("router", "ge0", 18, 6, "lte0"));
    expect(health.linkMeasures.get("fiber")).toMatchObject({
      measuredAt: "b",
      inBitsPerSecond: 6e6,
      outBitsPerSecond: 18e6,
    });
  });

  test("a gap is no number", () => {
    const [before, after] = traffic("core", "ge1", 5, 19, "tun1") as [DeviceSample, DeviceSample];
    const restarted = { ...after, incarnation: { sysUpTimeTicks: 1000 } };
    expect(snapshotOf(before, restarted).linkMeasures.get("fiber")).toEqual({});
  });
});

describe("loss and delay", () => {
  const probed = (atMs: number, received: number, rttMs: number) => ({
    ...router(),
    atMs,
    monotonicMs: atMs,
    incarnation: {},
    reachability: {
      method: "icmp" as const,
      sent: 5,
      received,
      rttMs: { min: rttMs, mean: rttMs, max: rttMs },
      jitterMs: 2,
    },
  });

  test("judged against the SLO, over the fresh samples, from ten probes on", () => {
    const health = snapshotOf(
      core(),
      probed(NOW - 120_000, 5, 12),
      probed(NOW - 60_000, 4, 12),
      probed(NOW, 5, 44),
    );
    expect(health.linkMeasures.get("fiber")).toMatchObject({ lossPercent: 100 / 15, rttMs: 44, jitterMs: 2 });
    expect(codes(health.links.get("fiber"))).toBe("degraded loss-high rtt-high");
    expect(codes(health.links.get("lte"))).toBe("up");
    expect(codes(snapshotOf(core(), probed(NOW, 4, 12)).links.get("fiber"))).toBe("up");
  });

  test("a cycle without any answer is an outage, not loss; on the backup the backup is judged", () => {
    const outage = {
      ...silent("router", NOW - 60_000),
      reachability: { method: "icmp" as const, sent: 5, received: 0 },
    };
    const health = snapshotOf(core(), probed(NOW - 120_000, 5, 12), outage, probed(NOW, 5, 12));
    expect(health.linkMeasures.get("fiber")?.lossPercent).toBe(0);
    const onBackup = snapshotOf(core({ ge1: "down" }), probed(NOW, 5, 44));
    expect(onBackup.linkMeasures.get("lte")).toMatchObject({ rttMs: 44 });
    expect(onBackup.linkMeasures.get("fiber")).toEqual({});
  });
});

describe("duplex of the two ends", () => {
  test("half against full is a mismatch", () => {
    const health = snapshotOf(
      sample("core", NOW, { components: [port("ge1", { duplex: "fullDuplex" })] }),
      sample("router", NOW, { components: [port("ge0", { duplex: "halfDuplex" }), port("lte0")] }),
    );
    expect(codes(health.links.get("fiber"))).toBe("degraded half-duplex link-duplex-mismatch");
  });
});
