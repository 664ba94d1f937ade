/** What a period's samples say of links and devices, gathered in one pass with bounded memory. */
import { type Availability, answeredState, linkTimeline, TimelineBuilder } from "../health/availability.ts";
import { interfaceVerdict } from "../health/interface.ts";
import { findInterface } from "../health/link-evidence.ts";
import { defaultThresholds } from "../health/thresholds.ts";
import type { Timeline } from "../health/timeline.ts";
import type { Inventory, LinkEnd } from "../inventory/model.ts";
import { ratesBetween } from "../samples/rates.ts";
import type { Component, DeviceSample } from "../samples/types.ts";
import { Buckets } from "./buckets.ts";

/** 95th percentiles are of 5-minute means, as carriers bill them. */
export const BUCKET_MS = 300_000;

/** Traffic in one direction: means per bucket (NaN where nothing is known) and the highest rate between two samples. */
export interface Direction {
  /** Bits per second per bucket. */
  means: Float32Array;
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

/** One end of a link while its device's samples are read. */
interface Port {
  end: LinkEnd;
  /** Its component's key, once seen. */
  key?: string;
  timeline: TimelineBuilder<Availability>;
  in: Buckets;
  out: Buckets;
}

/** What is kept of an end. */
interface PortSeries {
  timeline: Timeline<Availability>;
  in: Direction;
  out: Direction;
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
  const ends = endsByDevice(inventory);
  const devices = new Map<string, Timeline<Availability>>();
  const ports = new Map<string, PortSeries>();
  let reader: DeviceReader | undefined;
  const keep = () => {
    if (!reader) return;
    devices.set(reader.device, reader.answered.finish());
    for (const port of reader.ports) ports.set(portId(port.end), finished(port));
  };
  for (const sample of samples) {
    if (reader?.device !== sample.device) {
      keep();
      reader = new DeviceReader(sample.device, ends.get(sample.device) ?? [], fromMs, toMs, bucketMs);
    }
    reader.add(sample);
  }
  keep();
  const links = new Map<string, LinkSeries>();
  const nothing = finished(newPort({ device: "", interface: "" }, fromMs, toMs, bucketMs));
  for (const link of inventory.links.values()) {
    const [a, b] = [ports.get(portId(link.a)) ?? nothing, ports.get(portId(link.b)) ?? nothing];
    links.set(link.id, {
      in: firstKnown(a.in, b.out),
      out: firstKnown(a.out, b.in),
      timeline: linkTimeline([a.timeline, b.timeline]),
    });
  }
  return { fromMs, toMs, bucketMs, links, devices };
}

/** Reads one device's samples. */
class DeviceReader {
  readonly device: string;
  readonly answered: TimelineBuilder<Availability>;
  readonly ports: readonly Port[];
  #previous: DeviceSample | undefined;

  constructor(device: string, ends: readonly LinkEnd[], fromMs: number, toMs: number, bucketMs: number) {
    this.device = device;
    this.answered = new TimelineBuilder(fromMs, toMs);
    this.ports = ends.map((end) => newPort(end, fromMs, toMs, bucketMs));
  }

  add(sample: DeviceSample): void {
    this.answered.add(sample.atMs, answeredState(sample));
    if (this.ports.length === 0) return;
    const found = this.ports.map((port) => findPort(sample, port));
    // Only the watched ports are rated: a switch has dozens that no link ends at.
    const watched = { ...sample, components: found.filter((component) => component !== undefined) };
    const previous = this.#previous;
    const { rates } = ratesBetween(previous, watched);
    this.#previous = watched;
    for (const [place, port] of this.ports.entries()) {
      const component = found[place];
      port.timeline.add(sample.atMs, component && portState(component));
      if (!component || !previous) continue;
      const own = rates.find(({ key }) => key === component.key)?.rates;
      port.in.add(previous.atMs, sample.atMs, own?.inOctets);
      port.out.add(previous.atMs, sample.atMs, own?.outOctets);
    }
  }
}

function endsByDevice(inventory: Inventory): Map<string, LinkEnd[]> {
  const ends = new Map<string, LinkEnd[]>();
  for (const link of inventory.links.values()) {
    for (const end of [link.a, link.b]) {
      const list = ends.get(end.device) ?? [];
      ends.set(end.device, list);
      if (!list.some((other) => other.interface === end.interface)) list.push(end);
    }
  }
  return ends;
}

function newPort(end: LinkEnd, fromMs: number, toMs: number, bucketMs: number): Port {
  const buckets = () => new Buckets(fromMs, toMs, bucketMs);
  return { end, timeline: new TimelineBuilder(fromMs, toMs), in: buckets(), out: buckets() };
}

/** Frees the sums: a month of buckets is kept as means. */
function finished({ timeline, in: inward, out }: Port): PortSeries {
  return {
    timeline: timeline.finish(),
    in: { means: inward.means(), peak: inward.peak },
    out: { means: out.means(), peak: out.peak },
  };
}

function portId(end: LinkEnd): string {
  return `${end.device}/${end.interface}`;
}

function findPort(sample: DeviceSample, port: Port): Component | undefined {
  const known = sample.components.find(
    (component) => component.class === "interface" && component.key === (port.key ?? port.end.interface),
  );
  if (known) return known;
  const interfaces = sample.components.filter((component) => component.class === "interface");
  const found = findInterface(
    new Map(interfaces.map((component) => [component.key, { component }])),
    port.end,
  )?.component;
  if (found) port.key = found.key;
  return found;
}

function portState(component: Component): Availability | undefined {
  const { state } = interfaceVerdict("", component, undefined, undefined, "link-end", defaultThresholds);
  return state === "down" ? "down" : state === "unknown" ? undefined : "up";
}

/** The center's end where it is known, the agency's end turned around where only that is. */
function firstKnown(center: Direction, agency: Direction): Direction {
  const means = center.means.map((mean, bucket) => (Number.isNaN(mean) ? agency.means[bucket]! : mean));
  return { means, peak: center.peak ?? agency.peak };
}
