/** Stores of several pollers read as one. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ratesBetween } from "../../src/samples/rates.ts";
import { openStore, openStores } from "../../src/store/open-store.ts";
import type { ReadableStore } from "../../src/store/types.ts";
import { fleet, fleetBeginMs } from "./fleet.ts";
import { temporaryDirectory } from "./place.ts";

const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
const nowMs = fleetBeginMs + 4 * 3_600_000;

/** The fleet in one store and in three: a device each, but for one that moved from the first to the second. */
function stores(): { whole: ReadableStore; parts: ReadableStore; paths: string[] } {
  const { samples } = fleet({ devices: 4, polls: 200 });
  const directory = temporaryDirectory();
  const moved = (atMs: number) => (atMs < fleetBeginMs + 2 * 3_600_000 ? 0 : 1);
  const of = (device: string, atMs: number) =>
    device === "router-3" ? moved(atMs) : Number(device.slice(-1));
  const write = (name: string, belongs: (part: number) => boolean) => {
    const path = join(directory, name);
    const store = openStore(path, { mode: "write" });
    const own = samples.filter(({ device, atMs }) => belongs(of(device, atMs)));
    store.append(own);
    for (const { device, atMs } of own)
      store.history.record([{ subject: `device/${device}`, state: "up", atMs, holdMs: 120_000 }], {
        nowMs: atMs,
      });
    store.journal.append({ kind: "incident", id: name, subject: "x", openedMs: own.length, body: {} });
    for (const _ of store.compaction({ rate: ratesBetween, nowMs }));
    store.close();
    return path;
  };
  const paths = [0, 1, 2].map((number) => write(`part-${number}.db`, (part) => part === number));
  const whole = openStores([write("whole.db", () => true)]);
  const parts = openStores(paths);
  onTestFinished(() => {
    whole.close();
    parts.close();
  });
  return { whole, parts, paths };
}

test("samples, states and rollups are those of one store that had them all", () => {
  const { whole, parts } = stores();
  expect([...parts.range(everything)]).toEqual([...whole.range(everything)]);
  const query = { devices: ["router-3", "router-1"], fromMs: fleetBeginMs + 3_600_000, toMs: nowMs };
  const byDevice = [...whole.range({ ...query, devices: ["router-1", "router-3"] })];
  expect([...parts.range(query)]).toEqual(byDevice);
  expect(new Map([...parts.last(150, { untilMs: nowMs })].sort())).toEqual(
    whole.last(150, { untilMs: nowMs }),
  );
  expect([...parts.history.current().keys()].sort()).toEqual([...whole.history.current().keys()].sort());
  const seconds = (store: ReadableStore) =>
    [...store.history.spans(everything)]
      .map(([subject, spans]) => [subject, Math.max(...spans.map(({ toMs }) => toMs)), spans[0]!.fromMs])
      .sort();
  expect(seconds(parts)).toEqual(seconds(whole));
  const rollups = (store: ReadableStore) =>
    [...store.rollups.series({ ...everything, stepSeconds: 300, devices: ["router-0", "router-2"] })].map(
      ({ device, key, measurement, mean }) => [device, key, measurement, ...mean],
    );
  expect(rollups(parts)).toEqual(rollups(whole));
  expect(parts.status()).toMatchObject({
    samples: whole.status().samples,
    rolledUpUntilMs: whole.status().rolledUpUntilMs,
  });
  expect(parts.journal.find({ kind: "incident" })).toHaveLength(3);
  expect(parts.journal.latest("incident", "part-2.db")?.revision).toBe(1);
});

test("one that is not there is told, and none stays open", () => {
  const { paths } = stores();
  expect(() => openStores([...paths, "/nowhere/samples.db"])).toThrow(
    expect.objectContaining({ code: "no-store" }),
  );
});
