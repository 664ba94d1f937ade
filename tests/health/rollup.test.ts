import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/health/evaluate.ts";
import { isOpen } from "../../src/health/maintenance.ts";
import { type Maintenance, maintenanceSchema } from "../../src/inventory/model.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { agencyTree } from "../../src/topology/agencies.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { province, type SmallProvince } from "../topology/province.ts";
import { measurement as m, NOW, part, rated, sample, silent } from "./samples.ts";

function healthOf(small: SmallProvince, ...samples: DeviceSample[]) {
  const inventory = province(small);
  return evaluate({ inventory, topology: buildTopology(inventory), samples: rated(...samples), nowMs: NOW });
}

const small: SmallProvince = {
  agencies: [
    { id: "district", kind: "district" },
    { id: "reform", kind: "district" },
    { id: "commune", parents: [{ agency: "district" }] },
    { id: "ward", parents: [{ agency: "reform" }] },
    { id: "old", validUntil: "2025-07-01", mergedInto: { agency: "ward", on: "2025-07-01" } },
  ],
  sites: [
    { id: "d", agency: "district" },
    { id: "c", agency: "commune" },
    { id: "w1", agency: "ward" },
    { id: "w2", agency: "old" },
    { id: "empty", agency: "commune" },
  ],
  devices: [
    { id: "d-r", site: "d" },
    { id: "c-r", site: "c" },
    { id: "c-ups", site: "c", role: "ups" },
    { id: "c-prn", site: "c", role: "printer" },
    { id: "w1-r", site: "w1" },
    { id: "w2-r", site: "w2" },
  ],
};
const well = ["d-r", "c-r", "c-ups", "c-prn", "w1-r", "w2-r"].map((id) => sample(id, NOW));
const but = (...changed: DeviceSample[]) => [
  ...well.filter(({ device }) => !changed.some((other) => other.device === device)),
  ...changed,
];

describe("sites and agencies", () => {
  test("all well: up, an ended agency is not listed, its site belongs to the successor", () => {
    const { agencies, sites } = healthOf(small, ...well);
    expect([...agencies].map(([id, { state }]) => [id, state])).toEqual([
      ["district", "up"],
      ["reform", "up"],
      ["commune", "up"],
      ["ward", "up"],
    ]);
    expect(sites.get("empty")).toMatchObject({ state: "unknown", reasons: [{ code: "nothing-monitored" }] });
  });

  test("a UPS on battery makes site and agency degraded, with the device named; a dark printer does not", () => {
    const onBattery = sample("c-ups", NOW, {
      components: [part("ups", "ups", { outputSource: m.state("battery", "warning") })],
    });
    const { agencies, sites } = healthOf(small, ...but(onBattery, silent("c-prn")));
    expect(sites.get("c")?.state).toBe("degraded");
    expect(agencies.get("commune")?.reasons).toMatchObject([
      { code: "ups-on-battery", subject: { kind: "device", id: "c-ups" } },
    ]);
    expect(agencies.get("district")).toMatchObject({
      state: "up",
      reasons: [{ code: "child-agencies", values: { count: 1, total: 1 } }],
    });
    expect(healthOf(small, ...but(silent("c-prn"))).sites.get("c")?.state).toBe("up");
  });

  test("one of two sites down: degraded; both: down; an agency without sites is as those below it", () => {
    const half = healthOf(small, ...but(silent("w2-r"))).agencies;
    expect([half.get("ward")?.state, half.get("reform")?.state]).toEqual(["degraded", "degraded"]);
    const none = healthOf(small, ...but(silent("w1-r"), silent("w2-r"))).agencies;
    expect([none.get("ward")?.state, none.get("reform")?.state]).toEqual(["down", "down"]);
  });

  test("nothing measured is unknown; garbage is told and is not down", () => {
    expect(healthOf(small).agencies.get("commune")?.state).toBe("unknown");
    const garbage = sample("c-r", NOW, {
      outcome: "invalid",
      error: { code: "malformed", message: "not BER" },
    });
    const { sites } = healthOf(small, ...but(garbage));
    expect(sites.get("c")).toMatchObject({
      state: "up",
      reasons: [{ code: "invalid-answer", severity: "info", subject: { id: "c-r" } }],
    });
  });
});

describe("the tree of a day", () => {
  const inventory = province(small);
  test("before and after a merger", () => {
    expect([...agencyTree(inventory, "2025-06-30").agencies.keys()]).toContain("old");
    const after = agencyTree(inventory, "2025-07-01");
    expect([...after.agencies.keys()]).not.toContain("old");
    expect(after.agencyOfSite.get("w2")).toBe("ward");
  });

  test("parents by date, and a parent that ended is replaced by its successor", () => {
    const dated = province({
      agencies: [
        { id: "a", kind: "district", mergedInto: { agency: "b", on: "2025-03-01" } },
        { id: "b", kind: "district", validUntil: "2025-07-01" },
        {
          id: "c",
          parents: [
            { agency: "a", until: "2025-07-01" },
            { agency: "b", from: "2026-01-01" },
          ],
        },
      ],
    });
    const parentOn = (on: string) => agencyTree(dated, on).parent.get("c");
    expect([
      parentOn("2025-02-28"),
      parentOn("2025-03-01"),
      parentOn("2025-07-01"),
      parentOn("2026-01-01"),
    ]).toEqual(["a", "b", undefined, undefined]);
  });
});

describe("maintenance", () => {
  const window = (rest: Partial<Maintenance>) =>
    maintenanceSchema.parse({
      id: "m",
      reason: "works",
      from: "2026-11-24T07:30",
      until: "2026-11-24T08:30",
      ...rest,
    });
  const open = (rest: Partial<Maintenance>, nowMs = NOW) => isOpen(window(rest), nowMs, "Asia/Ho_Chi_Minh");

  test("windows are in the province's time, the end is outside", () => {
    expect(open({})).toBe(true);
    expect(open({ until: "2026-11-24T08:00" })).toBe(false);
    expect(open({ from: "2026-11-24T00:30", until: "2026-11-24T01:30" })).toBe(false);
  });

  test("recurring ones, over midnight and over the end of a month", () => {
    const night = { from: "2026-11-01T22:00", until: "2026-11-02T08:30" };
    expect(open({ ...night, repeat: "daily" })).toBe(true);
    expect(open({ from: "2026-11-17T07:30", until: "2026-11-17T08:30", repeat: "weekly" })).toBe(true);
    expect(open({ from: "2026-11-18T07:30", until: "2026-11-18T08:30", repeat: "weekly" })).toBe(false);
    expect(open({ from: "2026-10-24T07:30", until: "2026-10-24T08:30", repeat: "monthly" })).toBe(true);
    const monthEnd = { from: "2026-01-31T23:00", until: "2026-02-01T02:00", repeat: "monthly" as const };
    expect(open(monthEnd, Date.UTC(2026, 3, 1, 18, 30))).toBe(false);
    expect(open(monthEnd, Date.UTC(2026, 2, 31, 18, 30))).toBe(true);
    expect(open({ repeat: "daily" }, NOW - 86_400_000)).toBe(false);
  });

  test("marks what it covers and changes no state", () => {
    const maintenance = [
      {
        id: "m",
        reason: "power works",
        agencies: ["district"],
        from: "2026-11-24T07:00",
        until: "2026-11-24T09:00",
      },
    ];
    const { agencies, devices, sites } = healthOf({ ...small, maintenance }, ...but(silent("c-r")));
    expect(devices.get("c-r")).toMatchObject({ state: "down", inMaintenance: true });
    expect(sites.get("c")?.inMaintenance).toBe(true);
    expect(agencies.get("commune")?.inMaintenance).toBe(true);
    expect(agencies.get("ward")?.inMaintenance).toBeUndefined();
  });
});
