/** The reader of the live view: what it sees piece by piece is what a fresh look sees. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { acknowledgeIncident } from "../../../src/actions/incident/ack.ts";
import { lastSeenPath, readLastSeen, writeLastSeen } from "../../../src/actions/watch/last-seen.ts";
import { WatchReader } from "../../../src/actions/watch/reader.ts";
import type { WatchSnapshot } from "../../../src/actions/watch/snapshot.ts";
import { loadInventory } from "../../../src/inventory/load.ts";
import { makeWatchProvince, STEP_MS } from "../../bench/watch-province.ts";
import { incident } from "../../notify/any-incident.ts";

/** So long ago that four cycles more are still in the past. */
const nowMs = Date.now() - 10 * STEP_MS;

async function place(cycles: number) {
  const province = makeWatchProvince(120, cycles, nowMs);
  onTestFinished(() => province.dispose());
  const inventory = await loadInventory(province.inventoryDirectory, { cacheDirectory: false });
  const open = () => {
    const reader = new WatchReader(inventory, [province.storePath]);
    onTestFinished(() => reader.close());
    return reader;
  };
  return { province, open };
}

const states = ({ rows }: WatchSnapshot) =>
  rows.map(({ kind, id, state, in: into, use }) => [kind, id, state, into, use]);

describe("the reader", () => {
  test("cycle by cycle it says what a fresh look says, and nothing when nothing came", async () => {
    const { province, open } = await place(3);
    const reader = open();
    const first = reader.read(nowMs);
    expect(first?.rows.filter(({ kind }) => kind === "device")).toHaveLength(121);
    expect(reader.read(nowMs + 1000)).toBeUndefined();
    for (let step = 1; step <= 4; step += 1) {
      province.cycle(nowMs + step * STEP_MS);
      const seen = reader.read(nowMs + step * STEP_MS + 1000);
      const fresh = open().read(nowMs + step * STEP_MS + 1000);
      expect(seen && states(seen)).toEqual(fresh && states(fresh));
      expect(seen?.newestSampleMs).toBe(nowMs + step * STEP_MS);
    }
  });

  test("links carry their use, with a past", async () => {
    const { open } = await place(6);
    const link = open()
      .read(nowMs)
      ?.rows.find(({ id }) => id === "wan-x50");
    expect(link?.trend?.length).toBe(5);
    expect(link?.trend?.every((point) => point !== null && point > 0)).toBe(true);
    expect(link?.trend?.at(-1)).toBe(Math.round(link?.use ?? Number.NaN));
    expect(Math.abs((link?.trend?.[0] ?? 0) - (link?.use ?? 0))).toBeLessThan(10);
  });

  test("time alone makes states old", async () => {
    const { open } = await place(3);
    const reader = open();
    reader.read(nowMs);
    const later = reader.read(nowMs + 10 * 60_000);
    expect(later?.atMs).toBe(nowMs + 10 * 60_000);
    // A store that ended long ago tells of its end.
    expect(later?.isOld).toBeUndefined();
    expect(reader.read(nowMs + 3_600_000)).toMatchObject({ atMs: later?.newestSampleMs, isOld: true });
  });

  test("an acknowledgement shows without a new sample", async () => {
    const { province, open } = await place(2);
    const body = incident("one", {
      startMs: nowMs,
      subject: { kind: "link", id: "wan-x7" },
      affected: { agencies: ["x7"], sites: [], devices: [], links: [] },
    });
    province.journal({ kind: "incident", id: "one", subject: "link/wan-x7", openedMs: nowMs, body });
    const reader = open();
    expect(reader.read(nowMs)?.incidents).toMatchObject([
      { id: "one", agency: "x7", subject: "Link wan-x7", cause: "VNPT" },
    ]);
    await acknowledgeIncident({
      incident: "one",
      stateDirectory: province.directory,
      store: [province.storePath],
      inventory: { directory: province.inventoryDirectory },
      by: "lan",
    });
    expect(reader.read(nowMs + 10)?.incidents).toMatchObject([{ id: "one", acknowledgedBy: "lan" }]);
  });

  test("what was seen last is private, and what is broken is as if it were not there", async () => {
    const { province, open } = await place(2);
    const path = lastSeenPath(join(province.directory, "cache"), province.inventoryDirectory, [
      province.storePath,
    ]);
    expect(readLastSeen(path)).toBeUndefined();
    const snapshot = open().read(nowMs);
    if (!snapshot) throw new Error("nothing was read");
    writeLastSeen(path, snapshot);
    expect(readLastSeen(path)).toEqual(JSON.parse(JSON.stringify(snapshot)));
    writeFileSync(path, readFileSync(path).subarray(0, 500));
    expect(readLastSeen(path)).toBeUndefined();
    mkdirSync(dirname(path), { recursive: true });
    const nowhere = join(path, "below-a-file.json");
    writeLastSeen(nowhere, snapshot);
    expect(existsSync(nowhere)).toBe(false);
  });
});
