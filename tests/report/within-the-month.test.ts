/** What changes within the month that is reported: circuits replaced, agencies merged, begun or moved, windows over that. */
import { describe, expect, test } from "vitest";
import { healthOfHistory } from "../../src/actions/report/history-health.ts";
import { factsOfPeriod } from "../../src/actions/report/period-facts.ts";
import { MaintenancePlan } from "../../src/health/maintenance-periods.ts";
import type { Inventory } from "../../src/inventory/model.ts";
import type { ReportFilter } from "../../src/report/filter.ts";
import { reports } from "../../src/report/reports.ts";
import { openStore } from "../../src/store/open-store.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { temporaryDirectory } from "../store/place.ts";
import { province } from "../topology/province.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** October 2026 at the province (UTC+7). */
const FROM = Date.UTC(2026, 8, 30, 17);
const TO = FROM + 31 * DAY;
const day = (of: number) => FROM + (of - 1) * DAY;

/** a was merged into b on the 15th, n began on the 21st, m moved from district d to e on the 11th; VNPT gave way to Viettel on the 15th. */
function changing(maintenance: Parameters<typeof province>[0]["maintenance"] = []): Inventory {
  return province({
    agencies: [
      { id: "center", kind: "department" },
      { id: "d", kind: "district" },
      { id: "e", kind: "district" },
      { id: "a", parents: [{ agency: "d" }], mergedInto: { agency: "b", on: "2026-10-15" } },
      { id: "b", parents: [{ agency: "d" }] },
      { id: "n", parents: [{ agency: "d" }], validFrom: "2026-10-21" },
      {
        id: "m",
        parents: [
          { agency: "d", until: "2026-10-11" },
          { agency: "e", from: "2026-10-11" },
        ],
      },
    ],
    devices: [
      { id: "core", site: "center" },
      ...["a", "b", "n", "m"].map((id) => ({ id: `rt-${id}`, site: id })),
    ],
    links: [
      {
        id: "b-vnpt",
        carrier: "VNPT",
        a: "core/ge1",
        b: "rt-b/ge0",
        slo: { availabilityPercent: 99 },
        validUntil: "2026-10-15",
      },
      {
        id: "b-viettel",
        carrier: "Viettel",
        a: "core/ge2",
        b: "rt-b/ge1",
        slo: { availabilityPercent: 99 },
        validFrom: "2026-10-15",
      },
      { id: "gone", carrier: "VNPT", a: "core/ge3", b: "rt-m/ge0", validUntil: "2026-10-01" },
      { id: "to-come", carrier: "VNPT", a: "core/ge4", b: "rt-m/ge1", validFrom: "2026-11-01" },
    ],
    maintenance,
  });
}

/** Seen every hour while it existed; down in the hours named. */
function made(inventory: Inventory, filter?: ReportFilter) {
  const store = openStore(`${temporaryDirectory()}/samples.db`, { mode: "write" });
  const seen = (subject: string, fromMs: number, toMs: number, down?: readonly [number, number]) => {
    for (let atMs = fromMs; atMs < toMs; atMs += HOUR) {
      const state = down && atMs >= down[0] && atMs < down[1] ? "down" : "up";
      store.history.record([{ subject, state, atMs, holdMs: HOUR }], { nowMs: atMs });
    }
  };
  seen("link/b-vnpt", FROM, day(15), [day(3), day(3) + 5 * HOUR]);
  seen("link/b-viettel", day(15), TO);
  seen("agency/a", FROM, day(15), [day(5), day(5) + 2 * HOUR]);
  seen("agency/b", FROM, TO);
  seen("agency/n", day(21), TO);
  seen("agency/m", FROM, TO);
  const { facts, spans } = factsOfPeriod(
    store,
    inventory,
    { fromMs: FROM, toMs: TO, endMs: TO },
    { isCompared: true },
  );
  store.close();
  const { sections } = reports.availability({
    inventory,
    facts,
    health: healthOfHistory(spans, TO),
    topology: buildTopology(inventory, { on: "2026-10-31" }),
    samples: new Map(),
    language: "en",
    madeAtMs: TO,
    ...(filter && { filter }),
  });
  const rowsOf = (id: string) =>
    new Map(
      sections.find((section) => section.id === id)!.table.rows.map((row) => [row.id ?? row.carrier, row]),
    );
  return { links: rowsOf("links"), agencies: rowsOf("agencies"), carriers: rowsOf("carriers") };
}

describe("a circuit that another replaced", () => {
  test("is in the report with what it existed of the month, and so is the other", () => {
    const { links, carriers } = made(changing());
    expect([...links.keys()].sort()).toEqual(["b-viettel", "b-vnpt"]);
    // Five hours of fourteen days: the promise of 99 % was missed, and by whom is told.
    expect(links.get("b-vnpt")).toMatchObject({
      coveragePercent: 100,
      downSeconds: 5 * 3600,
      objective: "missed",
    });
    expect(links.get("b-vnpt")!.availabilityPercent).toBeCloseTo(100 - (100 * 5) / (14 * 24), 3);
    expect(links.get("b-viettel")).toMatchObject({ coveragePercent: 100, objective: "met" });
    expect(carriers.get("VNPT")).toMatchObject({ links: 1, missed: 1, notMeasurable: 0 });
    expect(carriers.get("Viettel")).toMatchObject({ links: 1, met: 1, notMeasurable: 0 });
  });
});

describe("agencies", () => {
  test("one that was merged stands with what it existed; one that began is measured from then on", () => {
    const { agencies } = made(changing());
    expect(agencies.get("a")).toMatchObject({ coveragePercent: 100, downSeconds: 2 * 3600 });
    expect(agencies.get("b")).toMatchObject({ coveragePercent: 100, downSeconds: 0 });
    expect(agencies.get("n")).toMatchObject({ coveragePercent: 100, availabilityPercent: 100 });
  });

  test("it is found with whoever took it over", () => {
    expect([...made(changing(), { agencies: ["b"] }).agencies.keys()].sort()).toEqual(["a", "b"]);
    expect([...made(changing(), { agencies: ["m"] }).agencies.keys()]).toEqual(["m"]);
  });
});

describe("a window of a district", () => {
  const daily = [
    { id: "w", agencies: ["d"], from: "2026-10-01T01:00", until: "2026-10-01T02:00", repeat: "daily" },
  ];

  test("covers what belongs to the district on the day it opens", () => {
    const plan = new MaintenancePlan(changing(daily));
    const hours = (kind: "agency" | "site" | "device" | "link", id: string) =>
      plan.periods({ kind, id }, FROM, TO).length;
    // m until the 10th; a until it was merged, its site goes on under b.
    for (const kind of ["agency", "site"] as const) expect(hours(kind, "m"), kind).toBe(10);
    expect(hours("device", "rt-m")).toBe(10);
    expect(hours("agency", "a")).toBe(14);
    expect(hours("site", "a")).toBe(31);
    expect(hours("agency", "b")).toBe(31);
    expect(hours("link", "b-viettel")).toBe(31);
  });
});
