import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Availability,
  accessTimeline,
  availabilityOf,
  isMeasurable,
  linkTimeline,
  TimelineBuilder,
} from "../../src/health/availability.ts";
import { appendSpan, combine, type Span, secondsIn, within } from "../../src/health/timeline.ts";

const MINUTE = 60_000;
const up = (from: number, to: number): Span<Availability> => ({
  fromMs: from * MINUTE,
  toMs: to * MINUTE,
  state: "up",
});
const down = (from: number, to: number): Span<Availability> => ({ ...up(from, to), state: "down" });

describe("spans of time", () => {
  test("equal neighbours become one, overlaps are cut, empty ones left out", () => {
    const timeline: Span[] = [];
    for (const span of [up(0, 2), up(2, 4), down(3, 5), down(5, 5), up(7, 8)]) appendSpan(timeline, span);
    expect(timeline).toEqual([up(0, 4), down(4, 5), up(7, 8)]);
    expect(within(timeline, 3 * MINUTE, 7.5 * MINUTE)).toEqual([up(3, 4), down(4, 5), up(7, 7.5)]);
    expect([secondsIn(timeline), secondsIn(timeline, "down")]).toEqual([360, 60]);
  });

  test("combining keeps the seconds of the union, in any order of the parts", () => {
    const timeline = fc
      .array(
        fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 5 }), fc.constantFrom<Availability>("up", "down")),
        { maxLength: 8 },
      )
      .map((parts) => {
        const spans: Span<Availability>[] = [];
        let at = 0;
        for (const [gap, length, state] of parts) {
          appendSpan(spans, { fromMs: (at + gap) * MINUTE, toMs: (at + gap + length) * MINUTE, state });
          at += gap + length;
        }
        return spans;
      });
    fc.assert(
      fc.property(timeline, timeline, (one, other) => {
        const merged = linkTimeline([one, other]);
        expect(linkTimeline([other, one])).toEqual(merged);
        const minutes = (spans: readonly Span[], at: number) =>
          spans.find(({ fromMs, toMs }) => fromMs <= at && at < toMs)?.state;
        for (let at = 0; at < 80 * MINUTE; at += MINUTE) {
          const states = [minutes(one, at), minutes(other, at)];
          const expected = states.includes("down") ? "down" : states.includes("up") ? "up" : undefined;
          expect(minutes(merged, at)).toBe(expected);
        }
        for (const [index, span] of merged.entries())
          expect(span.fromMs).toBeGreaterThanOrEqual(merged[index - 1]?.toMs ?? 0);
      }),
    );
  });

  test("no timelines give none", () => {
    expect(combine([], () => "up")).toEqual([]);
    expect(accessTimeline([])).toEqual([]);
  });
});

describe("what a sample stands for", () => {
  const built = (samples: [number, Availability | undefined][], fromMinute = 0, toMinute = 60) => {
    const builder = new TimelineBuilder<Availability>(fromMinute * MINUTE, toMinute * MINUTE);
    for (const [minute, state] of samples) builder.add(minute * MINUTE, state);
    return builder.finish();
  };

  test("it holds until the next one", () => {
    expect(
      built(
        [
          [0, "up"],
          [1, "up"],
          [2, "down"],
          [3, "up"],
        ],
        0,
        4,
      ),
    ).toEqual([up(0, 2), down(2, 3), up(3, 4)]);
  });

  test("but for two intervals at most: a poller that was off says nothing", () => {
    expect(
      built(
        [
          [0, "up"],
          [1, "up"],
          [40, "up"],
        ],
        0,
        60,
      ),
    ).toEqual([up(0, 3), up(40, 42)]);
    expect(
      built(
        [
          [0, "up"],
          [5, "up"],
        ],
        0,
        60,
      ),
    ).toEqual([up(0, 15)]);
  });

  test("what was not measured leaves a hole; nothing lies outside the period", () => {
    expect(
      built(
        [
          [0, "up"],
          [1, undefined],
          [2, "down"],
        ],
        0,
        3,
      ),
    ).toEqual([up(0, 1), down(2, 3)]);
    expect(
      built(
        [
          [-1, "up"],
          [1, "down"],
          [2, "up"],
        ],
        0,
        2,
      ),
    ).toEqual([up(0, 1), down(1, 2)]);
  });
});

describe("availability", () => {
  test("of what was measured, with how much that was", () => {
    const coverage = availabilityOf([up(0, 90), down(90, 95), up(95, 98)], 0, 100 * MINUTE);
    expect(coverage).toEqual({ percent: (100 * 93) / 98, coveragePercent: 98, downSeconds: 300, outages: 1 });
    expect(isMeasurable(coverage)).toBe(true);
  });

  test("half measured is not measurable, and nothing measured is no number", () => {
    expect(isMeasurable(availabilityOf([up(0, 50)], 0, 100 * MINUTE))).toBe(false);
    expect(availabilityOf([], 0, MINUTE)).toEqual({
      percent: undefined,
      coveragePercent: 0,
      downSeconds: 0,
      outages: 0,
    });
  });

  test("a link is down when an end says so; access is down only when all links are known to be", () => {
    expect(linkTimeline([[up(0, 4)], [down(2, 3)]])).toEqual([up(0, 2), down(2, 3), up(3, 4)]);
    expect(accessTimeline([[down(0, 4)], [up(1, 2), down(2, 3)]])).toEqual([up(1, 2), down(2, 3)]);
  });
});
