/** Stores of several pollers read as one. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ratesBetween } from "../../src/samples/rates.ts";
import { mergedSpans, type StateUnion } from "../../src/store/merged-spans.ts";
import { openStore, openStores } from "../../src/store/open-store.ts";
import type { ReadableStore } from "../../src/store/types.ts";
import { fleet, fleetBeginMs, seeded } from "./fleet.ts";
import { temporaryDirectory } from "./place.ts";

/** Of two that know something, what is not up stands. */
const union: StateUnion = (_, seen) => seen.find(({ state }) => state !== "up") ?? seen[0]!;
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
  const whole = openStores([write("whole.db", () => true)], { union });
  const parts = openStores(paths, { union });
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
  expect(() => openStores([...paths, "/nowhere/samples.db"], { union })).toThrow(
    expect.objectContaining({ code: "no-store" }),
  );
});

test("rollups of a device that moved are one series, of every step that either has", () => {
  const { whole, parts } = stores();
  const of = (store: ReadableStore) =>
    [...store.rollups.series({ ...everything, stepSeconds: 300, devices: ["router-3"] })].map((series) => ({
      key: `${series.key}/${series.measurement}`,
      atMs: [...series.atMs],
      mean: [...series.mean],
    }));
  const [truth, found] = [of(whole), of(parts)];
  expect(found.map(({ key }) => key)).toEqual(truth.map(({ key }) => key));
  for (const [at, { key, atMs, mean }] of found.entries()) {
    expect(atMs, key).toEqual(truth[at]!.atMs);
    // Only the rate between the last sample of one and the first of the other is lost; it may reach into two steps.
    const others = mean.filter((value, step) => value !== truth[at]!.mean[step]);
    expect(others.length, key).toBeLessThanOrEqual(2);
  }
});

test("one file named twice is refused, by another name too", () => {
  const { paths } = stores();
  const link = `${paths[0]}.link`;
  symlinkSync(paths[0]!, link);
  for (const twice of [
    [paths[0]!, paths[0]!],
    [paths[0]!, paths[1]!, link],
  ])
    expect(() => openStores(twice, { union })).toThrow(
      expect.objectContaining({ code: "same-store", exitCode: 2 }),
    );
});

describe("spans of one subject in several stores", () => {
  const span = (fromMs: number, toMs: number, state: string) => ({ subject: "link/x", fromMs, toMs, state });

  test("never overlap, and say what the union says where several know something", () => {
    const lists = [
      [span(0, 40, "up"), span(40, 50, "down"), span(60, 100, "up")],
      [span(10, 90, "up")],
      [span(20, 30, "down")],
    ];
    const merged = mergedSpans("link/x", lists, union).map(({ fromMs, toMs, state }) => [
      fromMs,
      toMs,
      state,
    ]);
    expect(merged).toEqual([
      [0, 20, "up"],
      [20, 30, "down"],
      [30, 40, "up"],
      [40, 50, "down"],
      [50, 100, "up"],
    ]);
  });

  test("random ones: at each moment what each store has there, and nothing else", () => {
    const random = seeded(11);
    const words = ["up", "down", "unknown"];
    for (let round = 0; round < 200; round += 1) {
      const lists = Array.from({ length: 3 }, () => {
        const spans: ReturnType<typeof span>[] = [];
        for (let at = Math.floor(random() * 5); at < 40; ) {
          const toMs = at + 1 + Math.floor(random() * 8);
          spans.push(span(at, toMs, words[Math.floor(random() * 3)]!));
          at = toMs + (random() < 0.5 ? 0 : Math.floor(random() * 5));
        }
        return spans;
      });
      const merged = mergedSpans("link/x", lists, union);
      for (let at = 0; at < 50; at += 1) {
        const there = (spans: readonly ReturnType<typeof span>[]) =>
          spans.filter(({ fromMs, toMs }) => fromMs <= at && at < toMs);
        const seen = lists.flatMap(there);
        const expected = seen.length === 0 ? [] : [union("link/x", seen).state];
        expect(
          there(merged as ReturnType<typeof span>[]).map(({ state }) => state),
          `${round} at ${at}`,
        ).toEqual(expected);
      }
    }
  });
});
