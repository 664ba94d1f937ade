/** Counters of two samples of one device become rates, or gaps with a reason. Pure. */
import { type CounterLimits, counterDelta } from "./counter-delta.ts";
import { compareIncarnations, intervalSeconds, isSameEpoch } from "./incarnation.ts";
import type {
  Component,
  ComponentRates,
  DeviceSample,
  GapReason,
  Measurement,
  Rate,
  RatedSample,
} from "./types.ts";

/** Rates over more than this are no rates of now: a gap. Two hours allows hourly polls and one missed among them. */
const DEFAULT_MAX_INTERVAL_SECONDS = 7200;
/** The least a frame takes of an Ethernet: 64 octets and 20 of preamble and gap (IEEE 802.3 4.4.2). */
const BITS_PER_SMALLEST_FRAME = 672;
/** Users lower ifSpeed for routing metrics, so it is no ceiling; beyond four times of it and 10 Gbit/s nothing was carried. */
const IMPOSSIBLE_SPEEDS = 4;
const IMPOSSIBLE_BITS_PER_SECOND = 10e9;

export interface RateOptions {
  /** Default 7200. */
  maxIntervalSeconds?: number;
}

/**
 * The counters of `current` as rates per second, against `previous`, the sample just before it (undefined for the
 * first). A rate is given only between complete walks of one incarnation of the device; everything else is a gap
 * with its reason, never zero and never a spike. Gauges and states are in the sample itself.
 * @throws TypeError when the samples are of two devices.
 */
export function ratesBetween(
  previous: DeviceSample | undefined,
  current: DeviceSample,
  options: RateOptions = {},
): RatedSample {
  if (!previous) return allGaps(current, "first-sample");
  if (previous.device !== current.device)
    throw new TypeError(`rates between two devices: ${previous.device} and ${current.device}`);
  const seconds = intervalSeconds(previous, current);
  const gap = wholeSampleGap(previous, current, seconds, options);
  if (gap) return allGaps(current, gap, seconds > 0 ? seconds : undefined);
  const before = new Map(previous.components.map((component) => [identity(component), component]));
  const incomplete = new Set([...previous.incomplete, ...current.incomplete]);
  return {
    sample: current,
    intervalSeconds: seconds,
    rates: ratesOf(current, (component) =>
      incomplete.has(component.class)
        ? () => ({ gap: "incomplete" })
        : componentRate(before.get(identity(component)), component, seconds),
    ),
  };
}

/** Samples of one device in time order, each with its rates against the one before. */
export function* ratedSeries(
  samples: Iterable<DeviceSample>,
  options: RateOptions = {},
): Generator<RatedSample> {
  let previous: DeviceSample | undefined;
  for (const sample of samples) {
    yield ratesBetween(previous, sample, options);
    previous = sample;
  }
}

function identity(component: Component): string {
  return `${component.class}\0${component.key}`;
}

function hasAnswered(sample: DeviceSample): boolean {
  return sample.outcome === "complete" || sample.outcome === "partial";
}

function wholeSampleGap(
  previous: DeviceSample,
  current: DeviceSample,
  seconds: number,
  options: RateOptions,
): GapReason | undefined {
  if (!hasAnswered(previous)) return "missing";
  if (!(seconds > 0)) return "missing";
  const verdict = compareIncarnations(
    previous.incarnation,
    current.incarnation,
    seconds,
    isSameEpoch(previous, current),
  );
  if (verdict === "reboot") return "reboot";
  if (seconds > (options.maxIntervalSeconds ?? DEFAULT_MAX_INTERVAL_SECONDS)) return "too-far-apart";
  return verdict === "clock-disagrees" ? "missing" : undefined;
}

type MeasurementRate = (name: string, measurement: Measurement) => Rate;

function ratesOf(sample: DeviceSample, rateOf: (component: Component) => MeasurementRate): ComponentRates[] {
  const all: ComponentRates[] = [];
  for (const component of sample.components) {
    const rates: Record<string, Rate> = {};
    let hasCounters = false;
    let rate: MeasurementRate | undefined;
    for (const name in component.measurements) {
      const measurement = component.measurements[name];
      if (!measurement || !isCounter(measurement)) continue;
      rate ??= rateOf(component);
      rates[name] = rate(name, measurement);
      hasCounters = true;
    }
    if (hasCounters) all.push({ class: component.class, key: component.key, rates });
  }
  return all;
}

function isCounter(
  measurement: Measurement,
): measurement is Measurement & { kind: "counter32" | "counter64" } {
  return measurement.kind === "counter32" || measurement.kind === "counter64";
}

function allGaps(sample: DeviceSample, gap: GapReason, seconds?: number): RatedSample {
  return {
    sample,
    ...(seconds !== undefined && { intervalSeconds: seconds }),
    rates: ratesOf(sample, () => () => ({ gap })),
  };
}

function componentRate(
  previous: Component | undefined,
  current: Component,
  seconds: number,
): MeasurementRate {
  if (!previous) return () => ({ gap: "first-sample" });
  if (hasDiscontinuity(previous, current)) return () => ({ gap: "discontinuity" });
  // RFC 2863 3.1.5: a new ifIndex within one incarnation is, by the book, a new interface. Agents also renumber whole
  // tables while counters go on, so the row is followed by its name, and kept only if none of its counters fell.
  const hasMoved = previous.index !== current.index;
  if (hasMoved && hasAnyCounterFallen(previous, current)) return () => ({ gap: "renumbered" });
  const bitsPerSecond = current.class === "interface" ? interfaceSpeed(current) : undefined;
  return (name, measurement) => {
    const before = previous.measurements[name];
    if (!before || before.kind !== measurement.kind || !isCounter(measurement)) return { gap: "missing" };
    const limits = limitsOf(current, measurement, bitsPerSecond, seconds, !hasMoved);
    const change = counterDelta(measurement.kind, BigInt(before.value), BigInt(measurement.value), limits);
    return "gap" in change ? change : { perSecond: Number(change.delta) / seconds };
  };
}

/** ifCounterDiscontinuityTime is compared for equality only (RFC 2863); absent on either side it says nothing. */
function hasDiscontinuity(previous: Component, current: Component): boolean {
  const before = previous.measurements.discontinuityTicks?.value;
  const after = current.measurements.discontinuityTicks?.value;
  return before !== undefined && after !== undefined && Number(before) !== Number(after);
}

function hasAnyCounterFallen(previous: Component, current: Component): boolean {
  return Object.entries(current.measurements).some(([name, measurement]) => {
    const before = previous.measurements[name];
    return before !== undefined && isCounter(measurement) && BigInt(measurement.value) < BigInt(before.value);
  });
}

/** Nominal speed in bit/s as the sample has it; undefined when the device does not say. */
function interfaceSpeed(component: Component): number | undefined {
  const speed = Number(
    component.measurements.speedBitsPerSecond?.value ?? component.attributes.speedBitsPerSecond ?? 0,
  );
  return speed > 0 ? speed : undefined;
}

function limitsOf(
  component: Component,
  measurement: Measurement,
  bitsPerSecond: number | undefined,
  seconds: number,
  mayWrap: boolean,
): CounterLimits {
  if (component.class !== "interface") return { mayWrap };
  const bitsPerUnit = measurement.unit === "octets" ? 8 : BITS_PER_SMALLEST_FRAME;
  if (bitsPerSecond === undefined) return { mayWrap };
  return {
    mayWrap,
    nominalGrowth: (bitsPerSecond / bitsPerUnit) * seconds,
    impossibleGrowth:
      (Math.max(bitsPerSecond * IMPOSSIBLE_SPEEDS, IMPOSSIBLE_BITS_PER_SECOND) / bitsPerUnit) * seconds,
  };
}
