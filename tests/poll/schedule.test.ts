import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextCycle, PeriodError, parsePeriod } from "../../src/poll/schedule.ts";

test("a cycle that ends in time is followed by the next on the grid", () => {
  expect(nextCycle(1000, 60_000, 1000, 13_000)).toEqual({ beginMs: 61_000, missed: 0 });
});

test("a cycle that ran over skips beginnings, counts them, and does not move the grid", () => {
  expect(nextCycle(1000, 60_000, 1000, 61_001)).toEqual({ beginMs: 121_000, missed: 1 });
  expect(nextCycle(1000, 60_000, 61_000, 400_000)).toEqual({ beginMs: 421_000, missed: 5 });
});

test("a cycle that ends exactly on the grid begins the next at once", () => {
  expect(nextCycle(0, 60_000, 0, 60_000)).toEqual({ beginMs: 60_000, missed: 0 });
});

test("beginnings lie on the grid, after the last, and never drift", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.integer({ min: 5000, max: 3_600_000 }),
      fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 50 }),
      (firstMs, periodMs, durations) => {
        let lastMs = firstMs;
        let number = 0;
        for (const duration of durations) {
          const { beginMs, missed } = nextCycle(firstMs, periodMs, lastMs, lastMs + duration);
          number += 1 + missed;
          expect(beginMs).toBeCloseTo(firstMs + number * periodMs, 3);
          expect(beginMs).toBeGreaterThanOrEqual(lastMs + duration - 0.001);
          lastMs = beginMs;
        }
      },
    ),
  );
});

describe("periods as they are written", () => {
  test.each([
    ["60s", 60_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["5000ms", 5000],
  ])("%s", (text, ms) => expect(parsePeriod(text)).toBe(ms));
  test.each(["60", "1s", "25h", "-5m", "5 m", "1e3s", "", "m"])("%s is none", (text) => {
    expect(() => parsePeriod(text)).toThrow(PeriodError);
  });
});
