import fc from "fast-check";
import { expect, test } from "vitest";
import { withCounterRules } from "../../../src/lab/agent/counter-rules.ts";
import { parseSnmprec } from "../../../src/lab/agent/snmprec.ts";
import { createReader, dailyIntegral } from "../../../src/lab/agent/variation.ts";

const startMs = Date.UTC(2026, 10, 24, 1, 0, 0);
const dayMs = 86_400_000;

test("a counter never falls, at any moment and with any seed", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 400 * dayMs }),
      fc.integer({ min: 0, max: dayMs }),
      (seed, laterMs, stepMs) => {
        const read = createReader(1_000, { kind: "counter", perSecond: 5_000, shape: "daily", seed });
        const state = { startMs, seed: 0 };
        const before = read(startMs + laterMs, state);
        expect(read(startMs + laterMs + stepMs, state)).toBeGreaterThanOrEqual(Number(before));
      },
    ),
  );
});

test("over whole days the daily shape has its mean, and within a day it is busier at noon than at night", () => {
  const tenDays = dailyIntegral(startMs, startMs + 10 * dayMs, 0.3);
  expect(tenDays / 864_000).toBeCloseTo(1, 2);
  const hourAt = (hourInVietnam: number) => {
    const from = Date.UTC(2026, 10, 24, hourInVietnam - 7);
    return dailyIntegral(from, from + 3_600_000, 0.3);
  };
  expect(hourAt(13)).toBeGreaterThan(2 * hourAt(24 + 1));
});

test("two ends of a link with one seed grow by the same in the same time, whatever they began with", () => {
  const rule = { kind: "counter", perSecond: 1_250_000, shape: "daily", seed: 0.42 } as const;
  const here = createReader(17, rule);
  const there = createReader(10n ** 12n, rule);
  const a = { startMs, seed: 0.1 };
  const b = { startMs, seed: 0.9 };
  const grown = (read: typeof here, state: typeof a) =>
    Number(read(startMs + 300_000, state)) - Number(read(startMs + 240_000, state));
  expect(Math.abs(grown(here, a) - grown(there, b))).toBeLessThanOrEqual(1);
});

test("a reboot takes counters and uptime back to zero, and they go on from there", () => {
  const state = { startMs, seed: 0.5, rebootMs: startMs + 60_000 };
  const counter = createReader(5_000_000, { kind: "counter", perSecond: 10, shape: "flat" });
  const uptime = createReader(8_640_000, { kind: "uptime", perSecond: 100 });
  expect(counter(startMs + 60_000, state)).toBe(0);
  expect(counter(startMs + 70_000, state)).toBe(100);
  expect(uptime(startMs + 70_000, state)).toBe(1_000);
});

test("a counter whose rule began after the reboot is not reset by it", () => {
  const state = { startMs, seed: 0.5, rebootMs: startMs + 60_000 };
  const read = createReader(300, { kind: "counter", perSecond: 1, shape: "flat", sinceMs: startMs + 90_000 });
  expect(read(startMs + 100_000, state)).toBe(310);
});

test("a gauge stays within its deviation and its bounds", () => {
  const read = createReader(95, { kind: "gauge", deviation: 20, minimum: 0, maximum: 100 });
  const values = Array.from({ length: 500 }, (_, second) =>
    Number(read(startMs + second * 1000, { startMs, seed: 0.2 })),
  );
  expect(Math.max(...values)).toBe(100);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(75);
  expect(new Set(values).size).toBeGreaterThan(5);
});

test("counters of a plain recording get the mean rate they had; 32-bit twins follow the 64-bit ones", () => {
  const records = withCounterRules(
    parseSnmprec(
      [
        "1.3.6.1.2.1.1.3.0|67|100000",
        "1.3.6.1.2.1.2.2.1.10.1|65|705032704",
        "1.3.6.1.2.1.2.2.1.8.1|2|1",
        "1.3.6.1.2.1.31.1.1.1.6.1|70|5000000000",
      ].join("\n"),
    ),
  );
  const of = (oid: string) => records.find((record) => record.oid === oid);
  expect(of("1.3.6.1.2.1.31.1.1.1.6.1")?.variation).toMatchObject({ kind: "counter", perSecond: 5_000_000 });
  expect(of("1.3.6.1.2.1.2.2.1.10.1")).toMatchObject({ value: 5e9, variation: { perSecond: 5_000_000 } });
  expect(of("1.3.6.1.2.1.1.3.0")?.variation).toEqual({ kind: "uptime", perSecond: 100 });
  expect(of("1.3.6.1.2.1.2.2.1.8.1")?.variation).toBeUndefined();
});
