/** An agency whose sites are polled by different pollers: its report over both stores is that of one that polls all. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { IncidentFollower } from "../../src/actions/incident/follow.ts";
import { makeReport } from "../../src/actions/report/make-report.ts";
import { evaluate } from "../../src/health/evaluate.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import { ratedSeries } from "../../src/samples/rates.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { openStore } from "../../src/store/open-store.ts";
import { buildTopology } from "../../src/topology/build.ts";
import { port, sample, silent } from "../health/samples.ts";
import { splitAgencies } from "../health/split-agencies.ts";

const HOUR = 3_600_000;
/** October 2026 at the province (UTC+7), polled every hour. */
const FROM = Date.UTC(2026, 8, 30, 17);
const TO = Date.UTC(2026, 9, 31, 17);

/** Router → hours of the month in which its line is cut. Twice both sites of an agency are, for some of the time. */
const cuts: Readonly<Record<string, readonly [number, number]>> = {
  "rt-1": [100, 110],
  "rt-2": [104, 112],
  "rt-3": [300, 320],
  "rt-4": [300, 305],
};

const directory = mkdtempSync(join(tmpdir(), "pdc-split-"));
const inventoryDirectory = splitAgencies(join(directory, "inventory"));
const path = (name: string) => join(directory, `${name}.db`);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function isCut(router: string, atMs: number): boolean {
  const [first, last] = cuts[router] ?? [0, 0];
  return atMs >= FROM + first * HOUR && atMs < FROM + last * HOUR;
}

function polled(id: string, atMs: number): DeviceSample {
  if (isCut(id, atMs)) return silent(id, atMs);
  const ports =
    id === "rt-center"
      ? [1, 2, 3, 4].map((n) => port(`to-${n}`, { oper: isCut(`rt-${n}`, atMs) ? "down" : "up" }))
      : [port("wan")];
  return sample(id, atMs, { components: ports });
}

beforeAll(async () => {
  const inventory = await loadInventory(inventoryDirectory, { cacheDirectory: false });
  const topology = buildTopology(inventory);
  const live = (name: string, devices: readonly string[]) => {
    const store = openStore(path(name), { mode: "write" });
    const follower = new IncidentFollower(join(directory, `${name}.json`));
    let before: DeviceSample[] = [];
    for (let nowMs = FROM - 2 * HOUR; nowMs < TO + 3 * HOUR; nowMs += HOUR) {
      const now = devices.map((id) => polled(id, nowMs));
      const samples = new Map(
        now.map((one, at) => [one.device, [...ratedSeries([...(before[at] ? [before[at]] : []), one])]]),
      );
      store.append(now);
      follower.record({ store, inventory, nowMs, health: evaluate({ inventory, topology, samples, nowMs }) });
      before = now;
    }
    store.close();
  };
  live("whole", ["rt-center", "rt-1", "rt-2", "rt-3", "rt-4"]);
  live("first", ["rt-center", "rt-1", "rt-3"]);
  live("second", ["rt-2", "rt-4"]);
}, 120_000);

const agencies = async (...stores: string[]) => {
  const options = { inventoryDirectory, stateDirectory: directory, language: "en", month: "2026-10" };
  const { model } = await makeReport("availability", {
    ...options,
    store: stores.map(path),
    nowMs: TO + HOUR,
  });
  return model.sections.find(({ id }) => id === "agencies")!.table.rows;
};

test("availability of agencies, in the month and against the month before", async () => {
  const whole = await agencies("whole");
  expect(await agencies("first", "second")).toEqual(whole);
  expect(await agencies("second", "first")).toEqual(whole);
  const down = new Map(whole.map(({ id, downSeconds }) => [id, downSeconds]));
  expect(down.get("office")).toBe(6 * 3600);
  expect(down.get("district")).toBe(5 * 3600);
});
