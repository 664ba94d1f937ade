import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { IncidentFollower } from "../../../src/actions/incident/follow.ts";
import { recheckIncidents } from "../../../src/actions/incident/recheck.ts";
import type { Incident } from "../../../src/health/incident/types.ts";
import { loadInventory } from "../../../src/inventory/load.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { smallInventory } from "../../inventory/synthetic-inventory.ts";
import { temporaryDirectory } from "../../store/place.ts";
import { port, sample } from "../samples.ts";

const MINUTE = 60_000;
const nowMs = Date.now();

test("samples that came late revise an outage, with a reason, and only when somebody asks", async () => {
  const directory = temporaryDirectory();
  for (const [path, text] of smallInventory()) {
    const file = join(directory, "inventory", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const place = { directory: join(directory, "inventory") };
  const inventory = await loadInventory(place.directory, { cacheDirectory: false });
  const [link] = inventory.links.values();
  const store = openStore(join(directory, "samples.db"), { mode: "write" });
  const at = (minutesAgo: number, oper: string) => {
    const atMs = nowMs - minutesAgo * MINUTE;
    return [link!.a, link!.b].map((end) =>
      sample(end.device, atMs, { components: [port(end.interface, { oper })] }),
    );
  };
  const follower = new IncidentFollower(join(directory, "engine.json"));
  // Real cycles, with a hole in which another poller measured: its samples come when all is over.
  for (const [minutesAgo, oper] of [
    [180, "up"],
    [170, "up"],
    [160, "up"],
    [120, "down"],
    [110, "down"],
    [100, "up"],
    [90, "up"],
  ] as const) {
    store.append(at(minutesAgo, oper));
    follower.follow({ store, inventory, nowMs: nowMs - minutesAgo * MINUTE });
  }
  const recorded = () => store.journal.find<Incident>({ kind: "incident" }).map(({ body }) => body);
  expect(recorded()).toMatchObject([
    { startMs: nowMs - 120 * MINUTE, endMs: nowMs - 100 * MINUTE, revision: 1 },
  ]);
  for (const minutesAgo of [150, 140, 130]) store.append(at(minutesAgo, "down"));
  expect(recorded()).toMatchObject([{ revision: 1 }]);
  const options = { stateDirectory: directory, from: "1d", nowMs };
  // A poller that shares the province, and saw nothing of it.
  const other = join(directory, "other.db");
  openStore(other, { mode: "write" }).close();
  const both = { ...options, store: [other, join(directory, "samples.db")] };
  expect(await recheckIncidents(place, { ...both, isDryRun: true })).toMatchObject({
    checked: 1,
    revised: [{}],
  });
  expect(await recheckIncidents(place, { ...options, isDryRun: true })).toMatchObject({
    checked: 1,
    revised: [{}],
  });
  expect(recorded()).toMatchObject([{ revision: 1 }]);
  await recheckIncidents(place, { ...options, isDryRun: false });
  expect(recorded()).toMatchObject([
    {
      startMs: nowMs - 150 * MINUTE,
      endMs: nowMs - 100 * MINUTE,
      revision: 2,
      revisions: [{ reason: "late-samples", before: { startMs: nowMs - 120 * MINUTE } }],
    },
  ]);
  expect(await recheckIncidents(place, { ...options, isDryRun: false })).toMatchObject({ revised: [] });
  store.close();
});
