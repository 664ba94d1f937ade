/** Compaction: nothing measured changes, rollups are what the samples say, late samples change neither. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { ratesBetween } from "../../src/samples/rates.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import type { RollupSeries } from "../../src/store/history-types.ts";
import type { Store } from "../../src/store/types.ts";
import { fleet, fleetBeginMs, PERIOD_MS, type Truth } from "./fleet.ts";
import { opened, temporaryDirectory } from "./place.ts";

const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function storeOf(samples: readonly DeviceSample[]): { store: Store; path: string } {
  const path = join(temporaryDirectory(), "samples.db");
  const store = opened(path, { mode: "write" });
  for (let from = 0; from < samples.length; from += 500) store.append(samples.slice(from, from + 500));
  return { store, path };
}

function compact(store: Store, nowMs: number, more: object = {}) {
  return [...store.compaction({ rate: ratesBetween, nowMs, ...more })];
}

const byDevice = (samples: readonly DeviceSample[]) =>
  [...samples].sort((a, b) => (a.device === b.device ? a.atMs - b.atMs : a.device < b.device ? -1 : 1));

/** Rollups of a step by brute force: second by second, from the rates that the fleet was made of. */
function expectedRates(
  truth: Truth,
  device: string,
  stepMs: number,
): Map<number, { min: number; mean: number; max: number; count: number }> {
  const samples = truth.samples.filter((sample) => sample.device === device);
  const steps = new Map<number, { sum: number; ms: number; used: Set<number>; values: number[] }>();
  truth.rates.get(device)!.forEach((rate, at) => {
    if (rate === undefined) return;
    const toMs = samples[at]!.atMs;
    for (let ms = toMs - PERIOD_MS; ms < toMs; ms += 1) {
      const begin = Math.floor(ms / stepMs) * stepMs;
      const step = steps.get(begin) ?? { sum: 0, ms: 0, used: new Set(), values: [] };
      steps.set(begin, step);
      step.sum += rate;
      step.ms += 1;
      if (!step.used.has(at)) step.values.push(rate);
      step.used.add(at);
    }
  });
  return new Map(
    [...steps].map(([begin, { sum, ms, values }]) => [
      begin,
      { min: Math.min(...values), max: Math.max(...values), mean: sum / ms, count: values.length },
    ]),
  );
}

const one = (
  store: Store,
  query: { stepSeconds: 300 | 3600; device?: string; measurement?: string; fromMs?: number; toMs?: number },
): RollupSeries | undefined =>
  [
    ...store.rollups.series({
      fromMs: query.fromMs ?? fleetBeginMs,
      toMs: query.toMs ?? fleetBeginMs + 10 * DAY_MS,
      stepSeconds: query.stepSeconds,
      devices: [query.device ?? "router-0"],
      measurements: [query.measurement ?? "inOctets"],
    }),
  ][0];

function near(read: number, expected: number): void {
  expect(Math.abs(read - expected)).toBeLessThanOrEqual(Math.abs(expected) * 5.1e-5);
}

describe("compaction", () => {
  test("changes no sample, however they are asked for", () => {
    const { samples } = fleet({ devices: 3, polls: 60 * 30 });
    const { store } = storeOf(samples);
    const nowMs = fleetBeginMs + 30 * HOUR_MS;
    const truth = byDevice(samples);
    const ask = () => ({
      all: [...store.range(everything)],
      some: [
        ...store.range({
          devices: ["router-1"],
          fromMs: fleetBeginMs + 1.5 * HOUR_MS,
          toMs: fleetBeginMs + 28.2 * HOUR_MS,
        }),
      ],
      last: store.last(200, { untilMs: nowMs }),
      lastThen: store.last(5, { untilMs: fleetBeginMs + 7 * HOUR_MS + 1000 }),
      status: store.status().samples,
    });
    const before = ask();
    expect(before.all).toEqual(truth);
    const steps = compact(store, nowMs);
    expect(steps.filter(({ did }) => did === "packed")).toHaveLength(3 * 29);
    expect(ask()).toEqual(before);
    expect(store.check().damages).toBe(0);
    expect(compact(store, nowMs)).toEqual([]);
  });

  test("takes little room", () => {
    const { samples } = fleet({ devices: 2, polls: 60 * 26 });
    const { store, path } = storeOf(samples);
    compact(store, fleetBeginMs + 26 * HOUR_MS);
    const database = new DatabaseSync(path, { readOnly: true });
    const { octets } = database.prepare("SELECT sum(length(body)) AS octets FROM packed_hour").get() as {
      octets: number;
    };
    database.close();
    // Two noisy values, a state and a round-trip time, and all that frames them.
    expect(octets / samples.length).toBeLessThan(12);
  });

  test("rolls counters up as the rates they were made of, across polls that straddle the steps", () => {
    const truth = fleet({ devices: 2, polls: 60 * 3 });
    const { store } = storeOf(truth.samples);
    compact(store, fleetBeginMs + 3 * HOUR_MS);
    expect(store.rollups.completeUntilMs()).toBe(fleetBeginMs + 2 * HOUR_MS);
    for (const device of ["router-0", "router-1"]) {
      const series = one(store, { stepSeconds: 300, device })!;
      expect(series).toMatchObject({ class: "interface", key: "Gi0/1", unit: "octets", isRate: true });
      const expected = [...expectedRates(truth, device, 300_000)].filter(
        ([at]) => at < fleetBeginMs + 2 * HOUR_MS,
      );
      expect([...series.atMs]).toEqual(expected.map(([at]) => at));
      expected.forEach(([, step], at) => {
        expect(series.count[at]).toBe(step.count);
        near(series.min[at]!, step.min);
        near(series.mean[at]!, step.mean);
        near(series.max[at]!, step.max);
      });
    }
  });

  test("rolls gauges and round-trip times up as they are", () => {
    const truth = fleet({ devices: 1, polls: 60 * 3 });
    const { store } = storeOf(truth.samples);
    compact(store, fleetBeginMs + 3 * HOUR_MS);
    const busy = one(store, { stepSeconds: 300, measurement: "busyPercent" })!;
    expect(busy).toMatchObject({ class: "processor", isRate: false, unit: "percent" });
    for (const [at, beginMs] of busy.atMs.entries()) {
      const values = truth.samples.flatMap((sample, place) =>
        sample.atMs >= beginMs && sample.atMs < beginMs + 300_000
          ? (truth.busy.get("router-0")![place] ?? [])
          : [],
      );
      expect(busy.count[at]).toBe(values.length);
      expect(busy.min[at]).toBe(Math.min(...values));
      expect(busy.max[at]).toBe(Math.max(...values));
      near(busy.mean[at]!, values.reduce((sum, value) => sum + value, 0) / values.length);
    }
    const rtt = one(store, { stepSeconds: 300, measurement: "rttMs" })!;
    expect([rtt.min[0], rtt.mean[0], rtt.max[0]]).toEqual([1, 2, 4]);
    const loss = one(store, { stepSeconds: 300, measurement: "lossPercent" })!;
    // Poll 96 was not answered: one of five in its step.
    expect(Math.max(...loss.mean)).toBe(20);
    expect(one(store, { stepSeconds: 300, measurement: "operStatus" })).toBeUndefined();
  });

  test("a day that is one row says what its hours said, and hours follow from it", () => {
    const truth = fleet({ devices: 1, polls: 60 * 27 });
    const { store, path } = storeOf(truth.samples);
    compact(store, fleetBeginMs + 24 * HOUR_MS);
    const of5 = one(store, { stepSeconds: 300 })!;
    const ofHours = one(store, { stepSeconds: 3600 })!;
    expect(ofHours.atMs).toHaveLength(23);
    const steps = compact(store, fleetBeginMs + 26 * HOUR_MS);
    expect(steps).toContainEqual({ did: "merged", day: fleetBeginMs / HOUR_MS, components: 3 });
    const until = { toMs: fleetBeginMs + 23 * HOUR_MS };
    expect(one(store, { stepSeconds: 300, ...until })).toEqual(of5);
    // The hours are made of rounded steps either way; the last digit may differ.
    const merged = one(store, { stepSeconds: 3600, ...until })!;
    expect([...merged.atMs]).toEqual([...ofHours.atMs]);
    expect([...merged.count]).toEqual([...ofHours.count]);
    merged.mean.forEach((mean, at) => void near(mean, ofHours.mean[at]!));
    const database = new DatabaseSync(path, { readOnly: true });
    expect(database.prepare("SELECT count(*) AS n FROM rollup WHERE id < (1 << 56)").get()).toEqual({ n: 3 });
    database.close();
    const half = { fromMs: fleetBeginMs + 30 * 60_000, toMs: fleetBeginMs + 90 * 60_000 };
    expect([...one(store, { stepSeconds: 300, ...half })!.atMs]).toEqual(
      [...of5.atMs].filter((at) => at >= half.fromMs && at < half.toMs),
    );
  });

  test("samples that come late are kept and counted, and no rollup changes", () => {
    const { samples } = fleet({ devices: 1, polls: 60 * 4 });
    const held = samples.filter((_, at) => at % 10 === 3);
    const { store } = storeOf(samples.filter((_, at) => at % 10 !== 3));
    const nowMs = fleetBeginMs + 4 * HOUR_MS;
    compact(store, nowMs);
    const before = one(store, { stepSeconds: 300 });
    store.append(held);
    // Once more: it replaces itself, and a packed one.
    store.append([held[0]!, { ...samples[0]!, durationMs: 99 }]);
    expect([...store.range(everything)]).toEqual([{ ...samples[0]!, durationMs: 99 }, ...samples.slice(1)]);
    expect(store.status()).toMatchObject({
      samples: samples.length,
      lateSamples: held.filter(({ atMs }) => atMs < fleetBeginMs + 3 * HOUR_MS).length + 2,
    });
    compact(store, nowMs + HOUR_MS);
    expect(one(store, { stepSeconds: 300, toMs: fleetBeginMs + 3 * HOUR_MS })).toEqual(before);
    expect([...store.range(everything)]).toHaveLength(samples.length);
  });

  test("a reader sees every sample at any moment of it, and never waits", () => {
    const { samples } = fleet({ devices: 4, polls: 60 * 6 });
    const { store, path } = storeOf(samples);
    const reader = opened(path, { mode: "read" });
    const half = reader.range(everything)[Symbol.iterator]();
    const truth = byDevice(samples);
    const seen: unknown[] = [];
    for (let at = 0; at < 700; at += 1) seen.push(half.next().value);
    let steps = 0;
    for (const _ of store.compaction({ rate: ratesBetween, nowMs: fleetBeginMs + 8 * HOUR_MS })) {
      steps += 1;
      if (steps % 5 === 0) expect([...reader.range(everything)]).toHaveLength(truth.length);
    }
    expect(steps).toBeGreaterThan(20);
    for (let next = half.next(); !next.done; next = half.next()) seen.push(next.value);
    expect(seen).toEqual(truth);
    expect(reader.last(3, { untilMs: Number.MAX_SAFE_INTEGER })).toEqual(
      store.last(3, { untilMs: Number.MAX_SAFE_INTEGER }),
    );
  });
});

describe("retention", () => {
  /** One sample every half hour for some days: enough for a rollup in each hour. */
  const sparse = (days: number, device = "router-0") =>
    Array.from({ length: days * 48 }, (_, at) => {
      const [sample] = fleet({ devices: 1, polls: 1 }).samples;
      const atMs = fleetBeginMs + at * 1_800_000;
      return {
        ...sample!,
        device,
        atMs,
        monotonicMs: atMs - fleetBeginMs,
        incarnation: {},
        system: { family: `v${Math.floor(at / 96)}` },
      };
    });

  test("drops samples after 7 days, with the layouts nobody has any more; the device goes on", () => {
    const samples = sparse(12);
    const { store, path } = storeOf(samples);
    const nowMs = fleetBeginMs + 12 * DAY_MS;
    const steps = compact(store, nowMs);
    const kept = samples.filter(({ atMs }) => atMs >= nowMs - 7 * DAY_MS);
    expect([...store.range(everything)]).toEqual(kept);
    expect(store.status()).toMatchObject({ samples: kept.length, oldestMs: kept[0]!.atMs });
    expect(steps).toContainEqual({ did: "dropped", what: "samples", count: 2 });
    const database = new DatabaseSync(path, { readOnly: true });
    const layouts = Number(database.prepare("SELECT count(*) AS n FROM layout").get()!.n);
    database.close();
    expect(layouts).toBeLessThanOrEqual(5);
    const again = { ...samples[0]!, atMs: nowMs, monotonicMs: 1 };
    store.append([again]);
    expect(store.last(1, { untilMs: nowMs }).get("router-0")).toEqual([again]);
    expect(store.check().damages).toBe(0);
  });

  test("keeps 5-minute rollups 90 days, those of links 13 months, hours 13 months", () => {
    const samples = [...sparse(3, "router-0"), ...sparse(3, "link-router")];
    const { store } = storeOf(samples);
    const longKept = [{ device: "link-router", class: "processor", key: "1" }];
    const query = (device: string, stepSeconds: 300 | 3600) =>
      one(store, { device, stepSeconds, measurement: "busyPercent" })?.atMs.length ?? 0;
    const at = (days: number) => compact(store, fleetBeginMs + days * DAY_MS, { longKept });
    at(5);
    const whole = query("router-0", 300);
    expect([whole, query("router-0", 3600)]).toEqual([144, 72]);
    at(80);
    expect([query("router-0", 300), query("link-router", 300)]).toEqual([144, 144]);
    at(92);
    expect([query("router-0", 300), query("link-router", 300)]).toEqual([48, 144]);
    at(100);
    expect([query("router-0", 300), query("link-router", 300), query("router-0", 3600)]).toEqual([
      0, 144, 72,
    ]);
    at(390);
    expect([query("link-router", 300), query("router-0", 3600)]).toEqual([144, 72]);
    at(401);
    expect([query("link-router", 300), query("router-0", 3600)]).toEqual([0, 0]);
  });

  test("a store that is too large lets the oldest samples go, but not those of the last day", () => {
    const { samples } = fleet({ devices: 6, polls: 60 * 40 });
    const { store } = storeOf(samples);
    const nowMs = fleetBeginMs + 40 * HOUR_MS;
    const steps = compact(store, nowMs, { retention: { maxOctets: 1 } });
    expect(steps.some(({ did }) => did === "dropped")).toBe(true);
    const left = [...store.range(everything)];
    expect(left).toEqual(byDevice(samples.filter(({ atMs }) => atMs >= nowMs - DAY_MS)));
    expect(store.status().samples).toBe(left.length);
  });
});
