/** A province that two pollers share (`--shard`): its reports over both stores are those of one that had seen everything. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IncidentFollower } from "../../src/actions/incident/follow.ts";
import { notePoller } from "../../src/actions/poll/pollers.ts";
import { closeMonth } from "../../src/actions/report/close.ts";
import { makeReport } from "../../src/actions/report/make-report.ts";
import { evaluate } from "../../src/health/evaluate.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import type { Inventory } from "../../src/inventory/model.ts";
import type { ReportKind } from "../../src/report/model.ts";
import { ratedSeries } from "../../src/samples/rates.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { openStore } from "../../src/store/open-store.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { port, sample, silent } from "../health/samples.ts";
import { smallInventory, writeInventory } from "../inventory/synthetic-inventory.ts";

const HOUR = 3_600_000;
/** October 2026 at the province (UTC+7), polled every hour. */
const FROM = Date.UTC(2026, 8, 30, 17);
const TO = Date.UTC(2026, 9, 31, 17);
/** The line is gone and the far end with it; later the far end alone is silent; later only its port says so. */
const CUT = [FROM + 100 * HOUR, FROM + 103 * HOUR] as const;
const DEAD = [FROM + 200 * HOUR, FROM + 210 * HOUR] as const;
const PORT = [FROM + 300 * HOUR, FROM + 301 * HOUR] as const;

const directory = mkdtempSync(join(tmpdir(), "pdc-shards-"));
const inventoryDirectory = join(directory, "inventory");
const path = (name: string) => join(directory, `${name}.db`);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function within(atMs: number, [fromMs, toMs]: readonly [number, number]): boolean {
  return atMs >= fromMs && atMs < toMs;
}

function polled(inventory: Inventory, id: string, nowMs: number): DeviceSample {
  const [link] = inventory.links.values();
  const isFar = id === link!.b.device;
  if (isFar && (within(nowMs, CUT) || within(nowMs, DEAD))) return silent(id, nowMs);
  const oper = (within(nowMs, CUT) && !isFar) || (within(nowMs, PORT) && isFar) ? "down" : "up";
  const components = inventory.devices.get(id)!.interfaces.map(({ name }) => port(name, { oper }));
  return sample(id, nowMs, { components });
}

/** What a poller that has these devices, from a moment on, writes down; each begins its cycles a little later. */
function live(
  inventory: Inventory,
  name: string,
  has: (device: string, atMs: number) => boolean,
  lateMs: number,
): void {
  const topology = buildTopology(inventory);
  const store = openStore(path(name), { mode: "write" });
  const follower = new IncidentFollower(join(directory, `${name}.json`));
  const last = new Map<string, DeviceSample[]>();
  for (let hour = FROM - 2 * HOUR; hour < TO + 3 * HOUR; hour += HOUR) {
    const nowMs = hour + lateMs;
    for (const id of inventory.devices.keys())
      if (has(id, nowMs)) last.set(id, [...(last.get(id) ?? []).slice(-1), polled(inventory, id, nowMs)]);
    const samples = new Map([...last].map(([device, list]) => [device, [...ratedSeries(list)]]));
    store.append([...last.values()].flatMap((list) => list.slice(-1)).filter(({ atMs }) => atMs === nowMs));
    follower.record({ store, inventory, nowMs, health: evaluate({ inventory, topology, samples, nowMs }) });
  }
  store.close();
}

beforeAll(async () => {
  writeInventory(inventoryDirectory, smallInventory());
  const inventory = await loadInventory(inventoryDirectory, { cacheDirectory: false });
  live(inventory, "whole", () => true, 0);
  live(inventory, "center", (device) => device === "rt-center", 0);
  live(inventory, "commune", (device) => device === "rt-commune", 20_000);
  note("center", inventory, 1);
  note("commune", inventory, 2);
  note("twin", inventory, 1);
  note("stale", { ...inventory, contentHash: "0".repeat(64) }, 2);
}, 120_000);

/** As the poller of a shard does after a cycle. */
function note(name: string, inventory: Inventory, index: number): void {
  const store = openStore(path(name), { mode: "write" });
  notePoller(store, inventory, { index, count: 2 });
  store.close();
}

const report = async (kind: ReportKind, ...stores: string[]) => {
  const options = { inventoryDirectory, stateDirectory: directory, language: "en", month: "2026-10" };
  const { model } = await makeReport(kind, { ...options, store: stores.map(path), nowMs: TO + HOUR });
  return Object.fromEntries(model.sections.map(({ id, table }) => [id, table.rows]));
};

/** The second poller begins its cycles 20 seconds later, and there are three outages. */
const SLACK_SECONDS = 61;

test("availability: no time is counted twice, and what one poller saw stands where the other saw nothing", async () => {
  const whole = await report("availability", "whole");
  const union = await report("availability", "center", "commune");
  for (const table of ["links", "agencies"]) {
    expect(union[table]!.length).toBe(whole[table]!.length);
    for (const [at, row] of union[table]!.entries()) {
      const truth = whole[table]![at]!;
      expect(row).toMatchObject({ id: truth.id, outages: truth.outages });
      expect(Number(row.coveragePercent)).toBeLessThanOrEqual(100);
      for (const field of ["downSeconds", "plannedSeconds", "unknownSeconds"])
        expect(
          Math.abs(Number(row[field] ?? 0) - Number(truth[field] ?? 0)),
          `${row.id} ${field}`,
        ).toBeLessThan(SLACK_SECONDS);
      for (const field of ["coveragePercent", "availabilityPercent"])
        expect(Number(row[field]), `${row.id} ${field}`).toBeCloseTo(Number(truth[field]), 1);
    }
  }
  expect(whole.links).toMatchObject([{ downSeconds: 4 * 3600, outages: 2 }]);
});

test("incidents: what both saw is one, and a silence belongs to the line that the other poller saw go", async () => {
  const whole = await report("incident", "whole");
  const union = await report("incident", "center", "commune");
  const told = (rows: typeof whole.incidents) =>
    rows!.map(({ kind, subject, impact, severity, agenciesAffected }) => ({
      kind,
      subject,
      impact,
      severity,
      agenciesAffected,
    }));
  expect(told(union.incidents)).toEqual(told(whole.incidents));
  expect(union.incidents).toHaveLength(3);
});

test("a report over some of the shards says which are missing", async () => {
  const options = {
    inventoryDirectory,
    stateDirectory: directory,
    language: "en",
    month: "2026-10",
    nowMs: TO + HOUR,
  };
  const one = await makeReport("availability", { ...options, store: [path("center")] });
  expect(one.model.notices.join()).toContain("2/2");
  const both = await makeReport("availability", { ...options, store: [path("center"), path("commune")] });
  expect(both.model.notices).toEqual([]);
});

test("a poller that took all of it over since has no others to be missed", async () => {
  const [given, taken] = [path("given-up"), path("taken-over")];
  const inventory = await loadInventory(inventoryDirectory, { cacheDirectory: false });
  note("given-up", inventory, 2);
  const store = openStore(taken, { mode: "write" });
  store.append([sample("rt-center", TO - HOUR)]);
  notePoller(store, inventory, undefined);
  store.close();
  const options = { inventoryDirectory, stateDirectory: directory, language: "en", nowMs: TO };
  const { model } = await makeReport("wan", { ...options, store: [given, taken] });
  expect(model.notices.join()).not.toContain("1/2");
});

test("stores that tell the same devices are refused, whatever report is asked for", async () => {
  const options = { inventoryDirectory, stateDirectory: directory, language: "en", nowMs: TO + HOUR };
  for (const kind of ["availability", "wan"] as const)
    await expect(
      makeReport(kind, { ...options, store: [path("whole"), path("commune")] }),
    ).rejects.toMatchObject({
      code: "stores-overlap",
      exitCode: 2,
      message: expect.stringContaining("rt-commune"),
    });
  await expect(
    makeReport("wan", { ...options, store: [path("center"), path("twin")] }),
  ).rejects.toMatchObject({ code: "stores-overlap", message: expect.stringContaining("shard 1/2") });
});

describe("closing a month of two pollers", () => {
  const options = (...stores: string[]) => ({
    inventoryDirectory,
    stateDirectory: directory,
    month: "2026-10",
    toolVersion: "1",
    by: "test",
    store: stores.map(path),
    nowMs: TO + 2 * HOUR,
  });
  const close = (...stores: string[]) => closeMonth(options(...stores));

  test("Ctrl-C while the numbers are worked out closes nothing", async () => {
    const controller = new AbortController();
    const closing = closeMonth({ ...options("center", "commune"), signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(closing).rejects.toMatchObject({ name: "AbortError" });
    const store = openStore(path("center"), { mode: "read" });
    expect(store.journal.find({ kind: "closed-month" })).toEqual([]);
    store.close();
  });

  test("a part of them is refused, and so are pollers that disagree on the inventory; nothing is written", async () => {
    await expect(close("commune")).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("1/2"),
    });
    await expect(close("center", "stale")).rejects.toMatchObject({
      code: "stores-differ",
      fix: expect.stringContaining("SIGHUP"),
    });
    await expect(close("nowhere")).rejects.toMatchObject({ code: "no-store" });
    for (const name of ["commune", "center", "stale"]) {
      const store = openStore(path(name), { mode: "read" });
      expect(store.journal.find({ kind: "closed-month" })).toEqual([]);
      store.close();
    }
    expect(existsSync(path("nowhere"))).toBe(false);
  });

  test("what is frozen is the union, in the first; any order compares with it", async () => {
    const closed = await close("center", "commune");
    expect(closed).toMatchObject({ outcome: "closed", standing: { numbers: { links: [{ outages: 2 }] } } });
    expect(closed.standing.numbers.incidents).toHaveLength(3);
    expect(await close("commune", "center")).toMatchObject({ outcome: "unchanged" });
    const report = await makeReport("availability", {
      inventoryDirectory,
      stateDirectory: directory,
      month: "2026-10",
      language: "en",
      store: [path("commune"), path("center")],
      nowMs: TO + 3 * HOUR,
    });
    expect(report.model.facts.at(-1)?.value).toContain(closed.standing.sha256.slice(0, 12));
    expect(report.model.notices).toEqual([]);
  });
});
