/** `recent`: what the writer remembers of its own samples is what the file holds. */
import { expect, onTestFinished, test } from "vitest";
import type { DeviceSample } from "../../src/samples/types.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { RecentSample } from "../../src/store/types.ts";
import { makeSample } from "../samples/make-sample.ts";
import { fleet } from "./fleet.ts";
import { temporaryDirectory } from "./place.ts";

const FOREVER_MS = Number.MAX_SAFE_INTEGER;

function opened() {
  const path = `${temporaryDirectory()}/samples.db`;
  const store = openStore(path, { mode: "write" });
  onTestFinished(() => store.close());
  return { path, store };
}

/** Whole, with what is read only when looked at. */
function plain(samples: readonly DeviceSample[]): Partial<DeviceSample>[] {
  return samples.map((sample) => {
    const { system, components, absent, described } = sample as RecentSample;
    // Told without a measurement, and the same.
    if (described)
      expect(described.map(({ class: of, key, attributes }) => [of, key, attributes])).toEqual(
        components.map(({ class: of, key, attributes }) => [of, key, attributes]),
      );
    return { ...sample, ...(system && { system }), components, absent };
  });
}

test("after every sample it is as `last`, as far back as is asked", () => {
  const { store } = opened();
  const { samples } = fleet({ devices: 3, polls: 240 });
  for (const sample of samples.sort((a, b) => a.atMs - b.atMs)) {
    store.append([sample]);
    for (const [count, untilMs] of [
      [1, FOREVER_MS],
      [4, FOREVER_MS],
      [2, sample.atMs - 90_000],
    ] as const) {
      const fromFile = store.last(count, { devices: [sample.device], untilMs }).get(sample.device) ?? [];
      expect(plain(store.recent(sample.device, count, untilMs))).toEqual(fromFile);
    }
  }
  expect(store.recent("nobody", 4, FOREVER_MS)).toEqual([]);
});

test("late samples, replaced ones, a clock set back, a transaction undone, another process: as `last`", () => {
  const { path, store } = opened();
  const check = (count = 4) =>
    expect(plain(store.recent("router", count, FOREVER_MS))).toEqual(
      store.last(count, { untilMs: FOREVER_MS }).get("router") ?? [],
    );
  const at = (seconds: number, durationMs = 1) => makeSample(seconds, { device: "router", durationMs });
  for (const seconds of [0, 60, 120, 180, 240]) store.append([at(seconds)]);
  check();
  store.append([at(90)]);
  check(1);
  check();
  store.append([at(240, 2)]);
  check(1);
  store.append([at(30), at(300), at(10), at(360)]);
  for (const count of [1, 2, 3, 4]) check(count);
  expect(() =>
    store.transaction(() => {
      store.append([at(420)]);
      throw new Error("undone");
    }),
  ).toThrow("undone");
  check(1);
  store.close();
  const again = openStore(path, { mode: "write" });
  onTestFinished(() => again.close());
  expect(plain(again.recent("router", 4, FOREVER_MS))).toEqual(
    again.last(4, { untilMs: FOREVER_MS }).get("router"),
  );
  again.append([at(480)]);
  expect(again.recent("router", 2, FOREVER_MS).map(({ atMs }) => atMs)).toEqual([at(360).atMs, at(480).atMs]);
});
