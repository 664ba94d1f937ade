/** What a period's samples say of links and devices, gathered in one pass with bounded memory. */
import { type Availability, answeredState, linkTimeline, TimelineBuilder } from "../health/availability.ts";
import { interfaceVerdict } from "../health/interface.ts";
import { findInterface } from "../health/link-evidence.ts";
import { defaultThresholds } from "../health/thresholds.ts";
import type { Timeline } from "../health/timeline.ts";
import type { Inventory, LinkEnd } from "../inventory/model.ts";
import { ratesBetween } from "../samples/rates.ts";
import type { DeviceSample, Rate, RatedSample } from "../samples/types.ts";

/** 95th percentiles are of 5-minute means, as carriers bill them. */
export const BUCKET_MS = 300_000;

/** Traffic in one direction: means per bucket (NaN where nothing is known) and the highest rate between two samples. */
export interface Direction {
  /** Bits per second per bucket. */
  means: Float64Array;
  peak: number | undefined;
}

export interface LinkSeries {
  /** Seen from `a`: in = from the agency to the center. */
  in: Direction;
  out: Direction;
  timeline: Timeline<Availability>;
}

/** A period of the whole province. */
export interface PeriodSeries {
  fromMs: number;
  toMs: number;
  /** Length of one bucket of the means. */
  bucketMs: number;
  links: ReadonlyMap<string, LinkSeries>;
  /** Whether each device answered. */
  devices: ReadonlyMap<string, Timeline<Availability>>;
}

interface PortSeries {
  end: LinkEnd;
  timeline: TimelineBuilder<Availability>;
  in: Bucketed;
  out: Bucketed;
}

/**
 * Reads the samples of [fromMs, toMs), in time order per device, devices in any order but each in one piece; keeps
 * only means per bucket and spans of states. Samples just before `fromMs` give the period's first rates.
 */
export function collectSeries(
  inventory: Inventory,
  samples: Iterable<DeviceSample>,
  fromMs: number,
  toMs: number,
  bucketMs = BUCKET_MS,
): PeriodSeries {
  const ports = new Map<string, PortSeries[]>();
  for (const link of inventory.links.values()) {
    for (const end of [link.a, link.b]) {
      const list = ports.get(end.device) ?? [];
      ports.set(end.device, list);
      if (list.some((port) => port.end.interface === end.interface)) continue;
      list.push({
        end,
        timeline: new TimelineBuilder(fromMs, toMs),
        in: new Bucketed(fromMs, toMs, bucketMs),
        out: new Bucketed(fromMs, toMs, bucketMs),
      });
    }
  }
  const devices = new Map<string, TimelineBuilder<Availability>>();
  let previous: DeviceSample | undefined;
  for (const sample of samples) {
    const before = previous?.device === sample.device ? previous : undefined;
    previous = sample;
    const answered = devices.get(sample.device) ?? new TimelineBuilder<Availability>(fromMs, toMs);
    devices.set(sample.device, answered);
    answered.add(sample.atMs, answeredState(sample));
    const watched = ports.get(sample.device);
    if (!watched) continue;
    const interfaces = (from: DeviceSample) =>
      from.components.filter((component) => component.class === "interface");
    const current = { ...sample, components: interfaces(sample) };
    const rated = ratesBetween(before && { ...before, components: interfaces(before) }, current);
    for (const port of watched) addPort(port, rated, before);
  }
  const finished = new Map<string, { timeline: Timeline<Availability>; port: PortSeries }>();
  for (const list of ports.values()) {
    for (const port of list)
      finished.set(`${port.end.device}/${port.end.interface}`, { timeline: port.timeline.finish(), port });
  }
  const links = new Map<string, LinkSeries>();
  for (const link of inventory.links.values()) {
    const [a, b] = [link.a, link.b].map((end) => finished.get(`${end.device}/${end.interface}`)!) as [
      FinishedPort,
      FinishedPort,
    ];
    links.set(link.id, {
      in: firstKnown(a.port.in, b.port.out),
      out: firstKnown(a.port.out, b.port.in),
      timeline: linkTimeline([a.timeline, b.timeline]),
    });
  }
  return {
    fromMs,
    toMs,
    bucketMs,
    links,
    devices: new Map([...devices].map(([id, builder]) => [id, builder.finish()])),
  };
}

type FinishedPort = { timeline: Timeline<Availability>; port: PortSeries };

function addPort(port: PortSeries, rated: RatedSample, before: DeviceSample | undefined): void {
  const { sample } = rated;
  const byKey = new Map(sample.components.map((component) => [component.key, { component }]));
  const found = findInterface(byKey, port.end)?.component;
  if (!found) {
    port.timeline.add(sample.atMs, undefined);
    return;
  }
  const { state } = interfaceVerdict(
    sample.device,
    found,
    undefined,
    undefined,
    "link-end",
    defaultThresholds,
  );
  port.timeline.add(sample.atMs, state === "down" ? "down" : state === "unknown" ? undefined : "up");
  const rates = rated.rates.find((entry) => entry.key === found.key)?.rates;
  if (!rates || !before) return;
  port.in.add(before.atMs, sample.atMs, rates.inOctets);
  port.out.add(before.atMs, sample.atMs, rates.outOctets);
}

/** Means per bucket of rates that hold over intervals. */
class Bucketed {
  readonly #fromMs: number;
  readonly #bucketMs: number;
  readonly #sums: Float64Array;
  readonly #seconds: Float64Array;
  #peak: number | undefined;

  constructor(fromMs: number, toMs: number, bucketMs: number) {
    this.#fromMs = fromMs;
    this.#bucketMs = bucketMs;
    const buckets = Math.max(1, Math.ceil((toMs - fromMs) / bucketMs));
    this.#sums = new Float64Array(buckets);
    this.#seconds = new Float64Array(buckets);
  }

  add(fromMs: number, toMs: number, rate: Rate | undefined): void {
    if (!rate || !("perSecond" in rate)) return;
    const bitsPerSecond = rate.perSecond * 8;
    this.#peak = Math.max(this.#peak ?? 0, bitsPerSecond);
    const first = Math.max(0, Math.floor((fromMs - this.#fromMs) / this.#bucketMs));
    for (let bucket = first; bucket < this.#sums.length; bucket++) {
      const beginMs = this.#fromMs + bucket * this.#bucketMs;
      if (beginMs >= toMs) return;
      const seconds = (Math.min(toMs, beginMs + this.#bucketMs) - Math.max(fromMs, beginMs)) / 1000;
      if (seconds <= 0) continue;
      this.#sums[bucket]! += bitsPerSecond * seconds;
      this.#seconds[bucket]! += seconds;
    }
  }

  get peak(): number | undefined {
    return this.#peak;
  }

  means(): Float64Array {
    return this.#sums.map((sum, bucket) =>
      this.#seconds[bucket]! > 0 ? sum / this.#seconds[bucket]! : Number.NaN,
    );
  }
}

/** The center's end where it is known, the agency's end turned around where only that is. */
function firstKnown(center: Bucketed, agency: Bucketed): Direction {
  const other = agency.means();
  const means = center.means().map((mean, bucket) => (Number.isNaN(mean) ? other[bucket]! : mean));
  return { means, peak: center.peak ?? agency.peak };
}
