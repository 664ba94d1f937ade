import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { condense, meanOf, percentileOf } from "../../src/report/statistics.ts";

const series = (...values: number[]) => Float32Array.from(values);
const HOLE = Number.NaN;

describe("series with holes", () => {
  test("holes count for nothing", () => {
    expect(meanOf(series(2, HOLE, 4))).toBe(3);
    expect(meanOf(series(HOLE))).toBeUndefined();
    expect(percentileOf(series(HOLE, 7), 95)).toBe(7);
    expect(percentileOf(series(), 95)).toBeUndefined();
  });

  test("the 95th percentile leaves the top twentieth out", () => {
    const hundred = Float32Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentileOf(hundred, 95)).toBe(95);
    expect(percentileOf(series(1, 2, 3), 95)).toBe(3);
  });

  test("no value above it is in more than the share left out (any series)", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }).map(Math.fround), { minLength: 1 }),
        (values) => {
          const found = percentileOf(Float32Array.from(values), 95)!;
          expect(values).toContain(found);
          expect(values.filter((value) => value > found).length).toBeLessThanOrEqual(values.length * 0.05);
        },
      ),
    );
  });

  test("drawn smaller, a peak stays and a hole stays", () => {
    expect([...condense(series(1, 9, 2, 3, HOLE, HOLE), 3)]).toEqual([9, 3, HOLE]);
    expect([...condense(series(1, 2), 5)]).toEqual([1, 2]);
  });
});
