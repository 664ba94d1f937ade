import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOpen } from "../../src/health/maintenance.ts";
import { windowPeriods } from "../../src/health/maintenance-periods.ts";
import { heldAgainst, linkMeaning, meanRepairMs, serviceMeaning, tallyOf } from "../../src/health/tally.ts";
import { appendSpan, type Span } from "../../src/health/timeline.ts";
import type { State } from "../../src/health/types.ts";
import { type Maintenance, maintenanceSchema } from "../../src/inventory/model.ts";

const HOUR = 3_600_000;
const span = (state: State, fromMs: number, toMs: number): Span<State> => ({ state, fromMs, toMs });

describe("availability of a period", () => {
  test("(T − planned − unknown − down) / (T − planned − unknown), with its coverage", () => {
    const timeline = [
      span("up", 0, 40 * HOUR),
      span("down", 40 * HOUR, 50 * HOUR),
      span("up", 52 * HOUR, 100 * HOUR),
    ];
    const tally = tallyOf(timeline, [{ fromMs: 44 * HOUR, toMs: 48 * HOUR }], 0, 100 * HOUR, linkMeaning);
    expect(tally).toMatchObject({
      plannedMs: 4 * HOUR,
      unknownMs: 2 * HOUR,
      downMs: 6 * HOUR,
      upMs: 88 * HOUR,
      availabilityPercent: (100 * 88) / 94,
      coveragePercent: (100 * 94) / 96,
    });
    // Maintenance in the middle makes two outages of one.
    expect(tally.outages).toEqual([
      { fromMs: 40 * HOUR, toMs: 44 * HOUR, isOpen: false },
      { fromMs: 48 * HOUR, toMs: 50 * HOUR, isOpen: false },
    ]);
    expect(meanRepairMs(tally)).toBe(3 * HOUR);
  });

  test("an outage from before the period counts in it from its beginning, and is repaired after all of its time", () => {
    const timeline = [
      span("up", -100 * HOUR, -30 * HOUR),
      span("down", -30 * HOUR, 10 * HOUR),
      span("up", 10 * HOUR, 50 * HOUR),
      span("down", 50 * HOUR, 52 * HOUR),
      span("up", 52 * HOUR, 100 * HOUR),
    ];
    const tally = tallyOf(timeline, [], 0, 100 * HOUR, linkMeaning);
    expect(tally).toMatchObject({ downMs: 12 * HOUR, totalMs: 100 * HOUR });
    expect(tally.outages).toHaveLength(2);
    expect(meanRepairMs(tally)).toBe(21 * HOUR);
  });

  test("cut off is down for who has no service, and unknown for the link behind it", () => {
    const timeline = [span("up", 0, HOUR), span("unreachable", HOUR, 2 * HOUR)];
    expect(tallyOf(timeline, [], 0, 2 * HOUR, linkMeaning)).toMatchObject({ downMs: 0, unknownMs: HOUR });
    expect(tallyOf(timeline, [], 0, 2 * HOUR, serviceMeaning)).toMatchObject({ downMs: HOUR, unknownMs: 0 });
  });

  test("below 95 % measured nothing is met, however well it looks; at 95 % it counts", () => {
    const measured = (hours: number) =>
      tallyOf([span("up", 0, hours * HOUR)], [], 0, 100 * HOUR, linkMeaning);
    expect(heldAgainst(measured(94.9), 99).verdict).toBe("not-measurable");
    expect(heldAgainst(measured(95), 99).verdict).toBe("met");
    expect(heldAgainst(measured(0), 0).verdict).toBe("not-measurable");
  });

  test("the error budget is of what was measured, and may be overdrawn", () => {
    const tally = tallyOf(
      [span("up", 0, 98 * HOUR), span("down", 98 * HOUR, 100 * HOUR)],
      [],
      0,
      100 * HOUR,
      linkMeaning,
    );
    expect(heldAgainst(tally, 99)).toMatchObject({ verdict: "missed" });
    expect(heldAgainst(tally, 99).budgetLeftMs / HOUR).toBeCloseTo(-1);
    expect(heldAgainst(tally, 97)).toMatchObject({ verdict: "met" });
    // It had not ended: no repair to take the mean of.
    expect(meanRepairMs(tally)).toBeUndefined();
  });

  const states: State[] = ["up", "degraded", "down", "unreachable", "unknown"];
  const pieces = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 30 }), fc.constantFrom(...states)),
    { maxLength: 20 },
  );
  const windows = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 20 })), {
    maxLength: 6,
  });

  test("any spans, any windows: as counted second by second", () => {
    fc.assert(
      fc.property(
        pieces,
        windows,
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 200 }),
        fc.boolean(),
        (list, gaps, from, length, isLink) => {
          const meaning = isLink ? linkMeaning : serviceMeaning;
          const timeline: Span<State>[] = [];
          let at = 0;
          for (const [gap, seconds, state] of list) {
            at += gap;
            appendSpan(timeline, span(state, at * 1000, (at + seconds) * 1000));
            at += seconds;
          }
          const planned: { fromMs: number; toMs: number }[] = [];
          at = 0;
          for (const [gap, seconds] of gaps) {
            planned.push({ fromMs: (at + gap) * 1000, toMs: (at + gap + seconds) * 1000 });
            at += gap + seconds;
          }
          const [fromMs, toMs] = [from * 1000, (from + length) * 1000];
          const counts = { planned: 0, unknown: 0, down: 0, up: 0 };
          const outages: number[] = [];
          let before = "";
          for (let second = from; second < from + length; second++) {
            const here = second * 1000;
            const state = timeline.find((one) => one.fromMs <= here && here < one.toMs)?.state ?? "unknown";
            const is = planned.some((one) => one.fromMs <= here && here < one.toMs)
              ? "planned"
              : meaning.unknown.has(state)
                ? "unknown"
                : meaning.down.has(state)
                  ? "down"
                  : "up";
            counts[is]++;
            if (is === "down" && before !== "down") outages.push(here);
            before = is;
          }
          const tally = tallyOf(timeline, planned, fromMs, toMs, meaning);
          expect({
            planned: tally.plannedMs / 1000,
            unknown: tally.unknownMs / 1000,
            down: tally.downMs / 1000,
            up: tally.upMs / 1000,
          }).toEqual(counts);
          expect(tally.outages.map((one) => one.fromMs)).toEqual(outages);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("maintenance as periods", () => {
  const window = fc.record({
    day: fc.integer({ min: 0, max: 80 }),
    hour: fc.integer({ min: 0, max: 23 }),
    hours: fc.integer({ min: 1, max: 60 }),
    repeat: fc.constantFrom("none", "daily", "weekly", "monthly"),
    lastDay: fc.option(fc.integer({ min: 0, max: 150 }), { nil: undefined }),
  });
  const local = (ms: number) => new Date(ms).toISOString().slice(0, 16);

  test.each(["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York"])(
    "any window: open exactly inside its periods, changes of the clocks included (%s)",
    (timeZone) => {
      fc.assert(
        fc.property(window, ({ day, hour, hours, repeat, lastDay }) => {
          const start = Date.UTC(2026, 0, 10 + day, hour);
          const one: Maintenance = maintenanceSchema.parse({
            id: "w",
            reason: "works",
            from: local(start),
            until: local(start + hours * HOUR),
            repeat,
            ...(lastDay !== undefined && { repeatUntil: local(start + lastDay * 24 * HOUR).slice(0, 10) }),
          });
          const [fromMs, toMs] = [Date.UTC(2026, 1, 20), Date.UTC(2026, 4, 10)];
          const periods = windowPeriods(one, fromMs, toMs, timeZone);
          for (let at = fromMs; at < toMs; at += HOUR / 2) {
            const inside = periods.some((period) => period.fromMs <= at && at < period.toMs);
            expect({ at: new Date(at).toISOString(), inside }).toEqual({
              at: new Date(at).toISOString(),
              inside: isOpen(one, at, timeZone),
            });
          }
        }),
        { numRuns: 25 },
      );
    },
    60_000,
  );
});
