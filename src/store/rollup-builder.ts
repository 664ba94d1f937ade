/** The 5-minute rollups of one device and hour, from its rated samples. Pure. */
import type { DeviceSample, RatedSample } from "../samples/types.ts";
import { REACHABILITY_CLASS } from "./history-types.ts";
import { HOUR_MS } from "./packed-hour.ts";
import { level, stepMsOf, stepsOf } from "./rollup-key.ts";
import { emptySteps, type Steps } from "./rollup-record.ts";

const STEP_MS = stepMsOf[level.hourOf5Minutes];
const STEPS = stepsOf[level.hourOf5Minutes];

/** What a rolled-up measurement is called; JSON of it is a term of the store. */
export interface MeasurementName {
  measurement: string;
  unit?: string;
  isRate: boolean;
}

interface Accumulated extends Steps {
  /** Σ value × weight is in `mean` until `finish`. */
  weight: Float64Array;
  unit: string | undefined;
  isRate: boolean;
}

export interface ComponentRollups {
  class: string;
  key: string;
  /** By the JSON of a MeasurementName. */
  measurements: Map<string, Steps>;
}

interface Gathered {
  class: string;
  key: string;
  /** By measurement; one whose unit changes within the hour goes on under a name of its own. */
  measurements: Map<string, Accumulated>;
}

export class RollupBuilder {
  readonly #fromMs: number;
  readonly #components = new Map<string, Gathered>();

  constructor(hour: number) {
    this.#fromMs = hour * HOUR_MS;
  }

  /** Samples in time order; those just before and after the hour count for the part of their interval inside it. */
  add({ sample, intervalSeconds, rates }: RatedSample): void {
    const { atMs } = sample;
    if (intervalSeconds !== undefined) {
      // One ratio for all counters of a device: intervals are by the monotonic clock, steps by the wall clock.
      const beganMs = atMs - intervalSeconds * 1000;
      let place = 0;
      for (const component of rates) {
        // Rates are in the order of the sample's components.
        while (place < sample.components.length && !isOf(component, sample.components[place]!)) place += 1;
        const measured = sample.components[place]?.measurements;
        const gathered = this.#component(component.class, component.key);
        for (const measurement in component.rates) {
          const rate = component.rates[measurement];
          if (!rate || !("perSecond" in rate)) continue;
          const steps = stepsFor(gathered, measurement, measured?.[measurement]?.unit, true);
          this.#spread(steps, beganMs, atMs, rate.perSecond);
        }
      }
    }
    if (atMs < this.#fromMs || atMs >= this.#fromMs + HOUR_MS) return;
    for (const component of sample.components) {
      let gathered: Gathered | undefined;
      for (const measurement in component.measurements) {
        const { kind, value, unit } = component.measurements[measurement]!;
        // Ticks are a clock of the device's own, not a measurement.
        if (kind !== "gauge" || unit === "ticks") continue;
        gathered ??= this.#component(component.class, component.key);
        put(stepsFor(gathered, measurement, unit, false), this.#stepOf(atMs), Number(value), 1);
      }
    }
    this.#addReachability(sample);
  }

  *finish(): Generator<ComponentRollups> {
    for (const gathered of this.#components.values()) {
      const measurements = new Map<string, Steps>();
      for (const [name, steps] of gathered.measurements) {
        close(steps);
        const { unit, isRate } = steps;
        const measurement = name.split("\0", 1)[0] as string;
        const term: MeasurementName = { measurement, ...(unit !== undefined && { unit }), isRate };
        measurements.set(JSON.stringify(term), steps);
      }
      if (measurements.size > 0) yield { class: gathered.class, key: gathered.key, measurements };
    }
  }

  #addReachability({ atMs, reachability }: DeviceSample): void {
    if (!reachability || reachability.sent === 0) return;
    const own = this.#component(REACHABILITY_CLASS, "");
    const at = this.#stepOf(atMs);
    const { sent, received, rttMs, jitterMs } = reachability;
    put(stepsFor(own, "lossPercent", "percent", false), at, (100 * (sent - received)) / sent, 1);
    if (jitterMs !== undefined) put(stepsFor(own, "jitterMs", "milliseconds", false), at, jitterMs, 1);
    if (!rttMs) return;
    const steps = stepsFor(own, "rttMs", "milliseconds", false);
    put(steps, at, rttMs.mean, 1);
    steps.min[at] = Math.min(steps.min[at]!, rttMs.min);
    steps.max[at] = Math.max(steps.max[at]!, rttMs.max);
  }

  #stepOf(atMs: number): number {
    return Math.floor((atMs - this.#fromMs) / STEP_MS);
  }

  /** A rate that held from one moment to another counts in each step for the time it covers there. */
  #spread(steps: Accumulated, beganMs: number, atMs: number, perSecond: number): void {
    const first = Math.max(0, this.#stepOf(beganMs));
    for (let at = first; at < STEPS; at += 1) {
      const stepMs = this.#fromMs + at * STEP_MS;
      if (stepMs >= atMs) return;
      const ms = Math.min(atMs, stepMs + STEP_MS) - Math.max(beganMs, stepMs);
      if (ms > 0) put(steps, at, perSecond, ms);
    }
  }

  #component(componentClass: string, key: string): Gathered {
    const name = `${componentClass}\0${key}`;
    let found = this.#components.get(name);
    if (!found) {
      found = { class: componentClass, key, measurements: new Map() };
      this.#components.set(name, found);
    }
    return found;
  }
}

function stepsFor(
  { measurements }: Gathered,
  measurement: string,
  unit: string | undefined,
  isRate: boolean,
): Accumulated {
  const known = measurements.get(measurement);
  if (known && known.unit === unit && known.isRate === isRate) return known;
  const name = known ? `${measurement}\0${unit}\0${isRate}` : measurement;
  let steps = measurements.get(name);
  if (!steps) {
    steps = { ...emptySteps(STEPS), weight: new Float64Array(STEPS), unit, isRate };
    measurements.set(name, steps);
  }
  return steps;
}

function close(steps: Accumulated): void {
  for (let at = 0; at < STEPS; at += 1) {
    if (steps.count[at] === 0) continue;
    const mean = steps.mean[at]! / steps.weight[at]!;
    // Rounding must not move the mean past what was measured.
    steps.mean[at] = Math.min(Math.max(mean, steps.min[at]!), steps.max[at]!);
  }
}

function put(steps: Accumulated, at: number, value: number, weight: number): void {
  if (!Number.isFinite(value)) return;
  const isFirst = steps.count[at] === 0;
  steps.count[at]! += 1;
  steps.weight[at]! += weight;
  steps.mean[at]! += value * weight;
  steps.min[at] = isFirst ? value : Math.min(steps.min[at]!, value);
  steps.max[at] = isFirst ? value : Math.max(steps.max[at]!, value);
}

function isOf(rates: { class: string; key: string }, component: { class: string; key: string }): boolean {
  return rates.key === component.key && rates.class === component.class;
}
