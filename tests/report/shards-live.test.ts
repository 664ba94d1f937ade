/** A province that two pollers share, as it is now: its incidents and its live view over both stores, and what people say. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { acknowledgeIncident } from "../../src/actions/incident/ack.ts";
import { attributeIncident } from "../../src/actions/incident/attribute.ts";
import { IncidentFollower } from "../../src/actions/incident/follow.ts";
import { listIncidents } from "../../src/actions/incident/list.ts";
import { recordedIncidents } from "../../src/actions/incident/recorded.ts";
import { showIncident } from "../../src/actions/incident/show.ts";
import { notePoller } from "../../src/actions/poll/pollers.ts";
import { WatchReader } from "../../src/actions/watch/reader.ts";
import { watchOnce } from "../../src/actions/watch.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import type { Inventory } from "../../src/inventory/model.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { openStore } from "../../src/store/open-store.ts";
import { onceWarnings } from "../../src/ui/watch/once.ts";
import { pdc, root } from "../acceptance/run-pdc.ts";
import { port, sample, silent } from "../health/samples.ts";
import { splitAgencies } from "../health/split-agencies.ts";

const MINUTE = 60_000;
const CYCLES = 6;
/** The last cycle. */
const nowMs = Date.now();

const directory = mkdtempSync(join(tmpdir(), "pdc-live-"));
const inventoryDirectory = splitAgencies(join(directory, "inventory"));
const place = { directory: inventoryDirectory };
const path = (name: string) => join(directory, `${name}.db`);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/**
 * rt-1 is asked by the first poller, rt-2 by the second. The line to rt-2 is gone for the last three cycles: the first
 * sees its port, the second a silence. rt-3 is silent, with its port above still up: an incident of one poller.
 */
function polled(id: string, cycle: number, atMs: number): DeviceSample {
  const isLate = cycle >= CYCLES - 3;
  if (isLate && (id === "rt-2" || id === "rt-3")) return silent(id, atMs);
  const ports =
    id === "rt-center"
      ? [1, 2, 3, 4].map((n) => port(`to-${n}`, { oper: isLate && n === 2 ? "down" : "up" }))
      : [port("wan")];
  return sample(id, atMs, { components: ports });
}

let inventory: Inventory;

beforeAll(async () => {
  inventory = await loadInventory(inventoryDirectory, { cacheDirectory: false });
  const live = (name: string, devices: readonly string[], shard?: { index: number; count: number }) => {
    const store = openStore(path(name), { mode: "write" });
    const follower = new IncidentFollower();
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      const atMs = nowMs - (CYCLES - 1 - cycle) * MINUTE;
      store.append(devices.map((id) => polled(id, cycle, atMs)));
      follower.follow({ store, inventory, nowMs: atMs });
    }
    notePoller(store, inventory, shard);
    store.close();
  };
  live("whole", ["rt-center", "rt-1", "rt-2", "rt-3", "rt-4"]);
  live("first", ["rt-center", "rt-1"], { index: 1, count: 2 });
  live("second", ["rt-2", "rt-3", "rt-4"], { index: 2, count: 2 });
  live("twin", ["rt-4"], { index: 2, count: 2 });
}, 120_000);

const stores = (...names: string[]) => ({ stateDirectory: directory, store: names.map(path), nowMs });

test("incidents that run are those of one poller that asks everything, whatever order the stores are named in", async () => {
  const told = async (...names: string[]) =>
    (await listIncidents(place, stores(...names))).rows.map(
      ({ subject, kind, impact, agenciesAffected }) => ({
        subject,
        kind,
        impact,
        agenciesAffected,
      }),
    );
  const whole = await told("whole");
  expect(whole).toHaveLength(2);
  expect(await told("first", "second")).toEqual(whole);
  expect(await told("second", "first")).toEqual(whole);
  // Alone, the second takes a line that is gone for a device that is.
  expect(await told("second")).not.toEqual(whole);
});

test("the live view over both stores shows what one poller's shows; a shard that is not named is told", async () => {
  const seen = (...names: string[]) => {
    const reader = new WatchReader(inventory, names.map(path));
    const snapshot = reader.read(nowMs)!;
    reader.close();
    return snapshot;
  };
  const whole = seen("whole");
  const both = seen("first", "second");
  expect(both.rows).toEqual(whole.rows);
  const told = ({ incidents }: typeof whole) => incidents.map(({ subject, impact }) => [subject, impact]);
  expect(told(both)).toEqual(told(whole));
  expect(both.missingShards).toBeUndefined();
  expect(seen("first").missingShards).toEqual(["2/2"]);
  const once = await watchOnce({
    ...stores("second"),
    inventoryDirectory,
    cacheDirectory: join(directory, "cache"),
  });
  expect(onceWarnings(once).join()).toContain("shard 1/2");
});

test("what people say goes to each store that holds a part of the incident, and to no other", async () => {
  const saidIn = (name: string) => {
    const store = openStore(path(name), { mode: "read" });
    const said = recordedIncidents(store.journal).flatMap(({ incident, annotations }) =>
      annotations.map(({ kind, by }) => [incident.subject.id, kind, by]),
    );
    store.close();
    return said;
  };
  const both = { ...stores("first", "second"), inventory: place, by: "lan" };
  const acknowledged = await acknowledgeIncident({ ...both, incident: "wan-2" });
  expect(acknowledged).toMatchObject({ incident: { subject: { id: "wan-2" } }, acknowledged: { by: "lan" } });
  expect(acknowledged.annotations).toHaveLength(1);
  expect(saidIn("first")).toEqual([["wan-2", "ack", "lan"]]);
  expect(saidIn("second")).toEqual([["rt-2", "ack", "lan"]]);
  await attributeIncident({ ...both, incident: "rt-3", cause: "power" });
  expect(saidIn("first")).toHaveLength(1);
  expect(saidIn("second")).toContainEqual(["rt-3", "attribution", "lan"]);
  // The poller of the second store told of it under its own id.
  const second = openStore(path("second"), { mode: "read" });
  const own = recordedIncidents(second.journal).find(({ incident }) => incident.subject.id === "rt-2")!;
  second.close();
  const { found } = await showIncident(place, { ...stores("first", "second"), incident: own.incident.id });
  expect(found.incident.subject).toEqual({ kind: "link", id: "wan-2" });
});

test("the commands take several stores, and refuse two of one shard", () => {
  const run = (...words: string[]) =>
    pdc(words, {
      env: {
        PDC_INVENTORY: inventoryDirectory,
        PDC_STATE_DIR: directory,
        PDC_CACHE_DIR: join(root, "node_modules/.cache/pdc-tests"),
      },
    });
  const both = ["--store", path("first"), "--store", path("second")];
  const list = run("incident", "list", "--json", ...both);
  expect(list.status, list.stderr).toBe(0);
  expect(JSON.parse(list.stdout)).toMatchObject({ data: [{}, {}], warnings: [] });
  const note = run("incident", "note", "wan-2", "cable cut", "--by", "lan", "--json", ...both);
  expect(JSON.parse(note.stdout).data.annotations).toHaveLength(2);
  const watch = run("watch", "--once", "--json", ...both);
  expect(JSON.parse(watch.stdout).data.incidents).toHaveLength(2);
  const one = run("incident", "list", "--store", path("first"));
  expect(one.stderr).toContain("2/2");
  for (const command of [
    ["incident", "list"],
    ["watch", "--once"],
  ]) {
    const twice = run(...command, "--store", path("twin"), "--store", path("second"));
    expect(twice).toMatchObject({ status: 2, stdout: "" });
    expect(twice.stderr).toContain("both of shard 2/2");
  }
});
