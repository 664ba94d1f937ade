import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ratedSeries, ratesBetween } from "../../src/samples/rates.ts";
import type { Component, DeviceSample, Measurement, Rate } from "../../src/samples/types.ts";
import { counter32, counter64, makeInterface, makeSample } from "./make-sample.ts";

const gigabit: Measurement = { kind: "gauge", value: 1_000_000_000, unit: "bits-per-second" };
const fast: Measurement = { kind: "gauge", value: 100_000_000, unit: "bits-per-second" };

/** The rate of inOctets of Gi0/1 between two samples of the given parts, 60 s apart unless said otherwise. */
function rateOf(
  before: { component?: Component; sample?: Partial<DeviceSample> },
  after: { component?: Component; sample?: Partial<DeviceSample>; atSeconds?: number },
): Rate | undefined {
  const previous = makeSample(0, {
    components: before.component ? [before.component] : [],
    ...before.sample,
  });
  const current = makeSample(after.atSeconds ?? 60, {
    components: after.component ? [after.component] : [],
    ...after.sample,
  });
  return ratesBetween(previous, current).rates.find(({ key }) => key === "Gi0/1")?.rates.inOctets;
}

const octets = (
  value: bigint,
  rest: Record<string, Measurement> = {},
  component: Partial<Component> = {},
) => ({
  component: makeInterface({ inOctets: counter64(value), ...rest }, component),
});

describe("rates of an undisturbed device", () => {
  test("are the growth per second of the monotonic clock", () => {
    expect(rateOf(octets(1000n), octets(7000n))).toEqual({ perSecond: 100 });
  });

  test("are exact above 2^53", () => {
    expect(rateOf(octets(2n ** 53n + 1n), octets(2n ** 53n + 61n))).toEqual({ perSecond: 1 });
  });

  test("do not follow a step of the wall clock", () => {
    const hourBack = { atMs: makeSample(60).atMs - 3_600_000 };
    expect(
      rateOf(octets(0n), {
        ...octets(600n),
        sample: { components: octets(600n) && [octets(600n).component], ...hourBack },
      }),
    ).toEqual({
      perSecond: 10,
    });
  });

  test("use wall time between two poller processes, when the device's own clock agrees", () => {
    const restarted = { pollerEpoch: "epoch-2", monotonicMs: 17 };
    expect(rateOf(octets(0n), { sample: { components: [octets(600n).component], ...restarted } })).toEqual({
      perSecond: 10,
    });
    const stepped = { ...restarted, atMs: makeSample(60).atMs + 3_000_000 };
    expect(rateOf(octets(0n), { sample: { components: [octets(600n).component], ...stepped } })).toEqual({
      gap: "missing",
    });
  });

  test("are given for counters only, gauges and states stay in the sample", () => {
    const rated = ratesBetween(
      makeSample(0, { components: [octets(0n, { speedBitsPerSecond: gigabit }).component] }),
      makeSample(60, { components: [octets(1n, { speedBitsPerSecond: gigabit }).component] }),
    );
    expect(Object.keys(rated.rates[0]?.rates ?? {})).toEqual(["inOctets"]);
    expect(rated.intervalSeconds).toBe(60);
  });
});

describe("restarts", () => {
  const restart = (before: object, after: object) =>
    rateOf(
      { sample: { components: [octets(1000n).component], incarnation: before } },
      { sample: { components: [octets(7000n).component], incarnation: after } },
    );

  test.each([
    ["engine boots rose", { engineBoots: 4 }, { engineBoots: 5 }],
    ["engine boots were forgotten", { engineBoots: 4 }, { engineBoots: 1 }],
    ["uptime fell", { sysUpTimeTicks: 9_000_000 }, { sysUpTimeTicks: 2000 }],
    ["uptime rose but began after the previous poll", { sysUpTimeTicks: 1500 }, { sysUpTimeTicks: 3000 }],
    [
      "the host restarted, not the agent's clock",
      { sysUpTimeTicks: 100, hostUpTimeTicks: 99_000 },
      { sysUpTimeTicks: 6100, hostUpTimeTicks: 500 },
    ],
    [
      "engine time fell",
      { engineBoots: 1, engineTimeSeconds: 90_000 },
      { engineBoots: 1, engineTimeSeconds: 20 },
    ],
    ["another box took over the address", { sysUpTimeTicks: 100_000 }, { sysUpTimeTicks: 900_000_000 }],
  ])("%s: a gap", (_name, before, after) => {
    expect(restart(before, after)).toEqual({ gap: "reboot" });
  });

  test.each([
    ["the 497-day wrap of sysUpTime", { sysUpTimeTicks: 2 ** 32 - 3000 }, { sysUpTimeTicks: 3000 }],
    ["the same wrap of hrSystemUptime", { hostUpTimeTicks: 2 ** 32 - 1 }, { hostUpTimeTicks: 5999 }],
    ["a clock that stands still", { sysUpTimeTicks: 4_242_000 }, { sysUpTimeTicks: 4_242_000 }],
    ["a clock in milliseconds", { sysUpTimeTicks: 1_000_000_000 }, { sysUpTimeTicks: 1_000_060_000 }],
    ["a device without clocks", {}, {}],
  ])("%s: no restart", (_name, before, after) => {
    expect(restart(before, after)).toEqual({ perSecond: 100 });
  });

  test("a restart while the clock was near its wrap is still a restart", () => {
    expect(restart({ sysUpTimeTicks: 2 ** 32 - 12_000 }, { sysUpTimeTicks: 1000 })).toEqual({
      gap: "reboot",
    });
  });
});

describe("interfaces that are not what they were", () => {
  const at = (ticks: number): Record<string, Measurement> => ({
    discontinuityTicks: { kind: "gauge", value: ticks, unit: "ticks" },
  });

  test("another ifCounterDiscontinuityTime is a gap for that interface only", () => {
    const other = (value: bigint) =>
      makeInterface({ inOctets: counter64(value) }, { key: "Gi0/2", index: "2" });
    const rated = ratesBetween(
      makeSample(0, { components: [octets(10n, at(0)).component, other(0n)] }),
      makeSample(60, { components: [octets(20n, at(777)).component, other(60n)] }),
    );
    expect(rated.rates.map(({ key, rates }) => [key, rates.inOctets])).toEqual([
      ["Gi0/1", { gap: "discontinuity" }],
      ["Gi0/2", { perSecond: 1 }],
    ]);
  });

  test("rows are followed by name, not by index", () => {
    const row = (key: string, index: string, value: bigint) =>
      makeInterface({ inOctets: counter64(value) }, { key, index });
    const rated = ratesBetween(
      makeSample(0, { components: [row("Gi0/1", "1", 100n), row("Gi0/2", "2", 9_000_000n)] }),
      makeSample(60, { components: [row("Gi0/2", "1", 9_000_600n), row("Gi0/1", "2", 700n)] }),
    );
    expect(rated.rates.map(({ rates }) => rates.inOctets)).toEqual([{ perSecond: 10 }, { perSecond: 10 }]);
  });

  test("a moved row with a counter that fell is a new row, also for Counter32", () => {
    expect(rateOf(octets(5000n), octets(10n, {}, { index: "77" }))).toEqual({ gap: "renumbered" });
    const before = makeInterface({ inOctets: counter32(5000), speedBitsPerSecond: fast });
    const after = makeInterface({ inOctets: counter32(10), speedBitsPerSecond: fast }, { index: "77" });
    expect(rateOf({ component: before }, { component: after })).toEqual({ gap: "renumbered" });
  });

  test("a new interface has no rate yet", () => {
    expect(rateOf({}, octets(10n))).toEqual({ gap: "first-sample" });
  });
});

describe("counters that fall or jump", () => {
  const narrow = (value: number, speed?: Measurement) => ({
    component: makeInterface({ inOctets: counter32(value), ...(speed && { speedBitsPerSecond: speed }) }),
  });

  test("Counter32 may wrap once where the speed allows no more", () => {
    expect(rateOf(narrow(2 ** 32 - 100, fast), narrow(500, fast))).toEqual({ perSecond: 10 });
  });

  test("Counter32 at a speed that wraps it in the interval says nothing, rising or falling", () => {
    expect(rateOf(narrow(100, gigabit), narrow(200, gigabit))).toEqual({ gap: "wrap-ambiguous" });
    expect(rateOf(narrow(200, gigabit), narrow(100, gigabit))).toEqual({ gap: "wrap-ambiguous" });
  });

  test("Counter32 that fell at an unknown speed is ambiguous", () => {
    expect(rateOf(narrow(200), narrow(100))).toEqual({ gap: "wrap-ambiguous" });
    expect(rateOf(narrow(100), narrow(700))).toEqual({ perSecond: 10 });
  });

  test("Counter32 cleared by hand is not taken for a wrap", () => {
    expect(rateOf(narrow(2_000_000_000, fast), narrow(100, fast))).toEqual({ gap: "discontinuity" });
  });

  test("Counter64 that fell is a gap", () => {
    expect(rateOf(octets(10n ** 15n), octets(5n))).toEqual({ gap: "discontinuity" });
  });

  test("Counter64 that started near its top wraps", () => {
    expect(
      rateOf(
        octets(2n ** 64n - 300n, { speedBitsPerSecond: gigabit }),
        octets(300n, { speedBitsPerSecond: gigabit }),
      ),
    ).toEqual({ perSecond: 10 });
  });

  test("a line card that answered zero and came back gives no petabits", () => {
    expect(
      rateOf(
        octets(0n, { speedBitsPerSecond: gigabit }),
        octets(40_000_000_000n, { speedBitsPerSecond: gigabit }),
      ),
    ).toEqual({ gap: "discontinuity" });
    expect(
      rateOf(
        octets(5n, { speedBitsPerSecond: gigabit }),
        octets(5_000_000_000_000n, { speedBitsPerSecond: gigabit }),
      ),
    ).toEqual({ gap: "discontinuity" });
  });

  test("traffic above a speed that was lowered for routing is still traffic", () => {
    const lowered: Measurement = { kind: "gauge", value: 20_000_000, unit: "bits-per-second" };
    const carried = 500_000_000n / 8n;
    expect(
      rateOf(
        octets(1n, { speedBitsPerSecond: lowered }),
        octets(1n + carried * 60n, { speedBitsPerSecond: lowered }),
      ),
    ).toEqual({ perSecond: Number(carried) });
  });
});

describe("samples that cannot be compared", () => {
  test("the first sample", () => {
    const rated = ratesBetween(undefined, makeSample(0, { components: [octets(1n).component] }));
    expect(rated.rates[0]?.rates).toEqual({ inOctets: { gap: "first-sample" } });
    expect(rated.intervalSeconds).toBeUndefined();
  });

  test("the one before did not answer", () => {
    expect(rateOf({ sample: { outcome: "no-answer" } }, octets(1n))).toEqual({ gap: "missing" });
  });

  test("a walk that did not finish, on either side, for its class only", () => {
    expect(
      rateOf(
        { ...octets(1n), sample: { components: [octets(1n).component], incomplete: ["interface"] } },
        octets(7n),
      ),
    ).toEqual({
      gap: "incomplete",
    });
    expect(
      rateOf(octets(1n), {
        sample: { outcome: "partial", components: [octets(7n).component], incomplete: ["interface"] },
      }),
    ).toEqual({ gap: "incomplete" });
    expect(
      rateOf(octets(0n), {
        sample: { outcome: "partial", components: [octets(60n).component], incomplete: ["fan"] },
      }),
    ).toEqual({ perSecond: 1 });
  });

  test("hours apart", () => {
    expect(rateOf(octets(1n), { ...octets(7n), atSeconds: 8000 })).toEqual({ gap: "too-far-apart" });
  });

  test("a clock set back between two processes", () => {
    const before = makeSample(0).atMs - 5000;
    expect(
      rateOf(octets(1n), {
        sample: { components: [octets(7n).component], pollerEpoch: "epoch-2", atMs: before },
      }),
    ).toEqual({ gap: "missing" });
  });

  test("two devices are a mistake of the caller", () => {
    expect(() => ratesBetween(makeSample(0), makeSample(60, { device: "other" }))).toThrow(TypeError);
  });
});

describe("whatever happens", () => {
  const step = fc.record({
    seconds: fc.integer({ min: 30, max: 400 }),
    grows: fc.bigInt({ min: 0n, max: 7_500_000_000n }),
    event: fc.constantFrom(
      "none",
      "none",
      "none",
      "reboot",
      "silent",
      "partial",
      "discontinuity",
      "renumber",
    ),
  });

  test("a rate is the true growth or a gap, and every event leaves a gap", () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 30 }),
        fc.bigInt(0n, 2n ** 63n),
        (steps, start) => {
          let seconds = 0;
          let bootedAt = -100_000;
          let total = start;
          let discontinuityTicks = 0;
          let index = 1;
          const samples: DeviceSample[] = [];
          const truth: (number | "gap")[] = [];
          let wasUnusable = true;
          for (const { seconds: waited, grows, event } of steps) {
            seconds += waited;
            total += grows;
            let expected: number | "gap" = wasUnusable ? "gap" : Number(grows) / waited;
            wasUnusable = false;
            if (event === "reboot") {
              bootedAt = seconds - Math.min(waited, 5);
              total = grows;
              expected = "gap";
            }
            if (event === "discontinuity") {
              discontinuityTicks += 1;
              total = grows / 2n;
              expected = "gap";
            }
            if (event === "renumber") index += 1;
            if (event === "silent" || event === "partial") wasUnusable = true;
            if (event === "partial") expected = "gap";
            samples.push(
              makeSample(seconds, {
                outcome: event === "silent" ? "no-answer" : event === "partial" ? "partial" : "complete",
                incomplete: event === "partial" ? ["interface"] : [],
                incarnation: event === "silent" ? {} : { sysUpTimeTicks: (seconds - bootedAt) * 100 },
                components:
                  event === "silent"
                    ? []
                    : [
                        makeInterface(
                          {
                            inOctets: counter64(total),
                            discontinuityTicks: { kind: "gauge", value: discontinuityTicks, unit: "ticks" },
                          },
                          { index: String(index) },
                        ),
                      ],
              }),
            );
            if (event !== "silent") truth.push(expected);
          }
          const seen = [...ratedSeries(samples)].flatMap(({ rates }) =>
            rates.map(({ rates: { inOctets } }) =>
              inOctets && "perSecond" in inOctets ? inOctets.perSecond : "gap",
            ),
          );
          expect(seen).toEqual(truth);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("Counter32 with one wrap gives the growth of the unwrapped counter", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: 0, max: 749_999_999 }),
        (start, growth) => {
          const before = makeInterface({ inOctets: counter32(start), speedBitsPerSecond: fast });
          const after = makeInterface({
            inOctets: counter32((start + growth) % 2 ** 32),
            speedBitsPerSecond: fast,
          });
          expect(rateOf({ component: before }, { component: after })).toEqual(
            start === 0 && growth > 750_000_000 * 1.1 ? { gap: "discontinuity" } : { perSecond: growth / 60 },
          );
        },
      ),
    );
  });
});
