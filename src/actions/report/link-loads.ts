/** Traffic and quality of links over a period: rollups as far as they go, raw samples after that. */
import { findInterface } from "../../health/link-evidence.ts";
import type { Inventory, Link, LinkEnd } from "../../inventory/model.ts";
import type { LinkLoad } from "../../report/period/facts.ts";
import { collectSeries } from "../../report/series.ts";
import { REACHABILITY_CLASS, type RollupSeries } from "../../store/history-types.ts";
import type { ReadableStore } from "../../store/types.ts";

const STEP_MS = 300_000;
const LEAD_MS = 15 * 60_000;
const PORT_MEASUREMENTS = ["inOctets", "outOctets", "inErrors", "outErrors", "inDiscards", "outDiscards"];
const PROBE_MEASUREMENTS = ["rttMs", "jitterMs", "lossPercent"];

/** By "device/port/measurement". */
type Found = Map<string, RollupSeries>;
type FoundOf = { ports: Pick<Link, "a" | "b">; found: Found };

/** The loads of links in [fromMs, toMs); `fromMs` on a step of five minutes gives the carrier's own buckets. */
export function linkLoads(
  store: ReadableStore,
  inventory: Inventory,
  links: readonly Link[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Map<string, LinkLoad> {
  // Of several stores, where the first of them ends; the others' rollups go on, and raw samples fill what is left.
  const completeMs = Math.min(toMs, Math.max(fromMs, store.rollups.completeUntilMs()));
  const steps = Math.max(1, Math.ceil((toMs - fromMs) / STEP_MS));
  const loads = new Map<string, LinkLoad>();
  // Link by link: a month of all of them at once would take gigabytes.
  for (const link of links) {
    const { ports, found } =
      completeMs > fromMs || store.parts ? rolledUpOf(store, link, fromMs, toMs) : nothing(link);
    loads.set(link.id, loadOf(ports, found, fromMs, steps));
  }
  if (completeMs < toMs) addRaw(store, inventory, loads, completeMs, { fromMs, toMs });
  return loads;
}

/** By the names of the inventory, which mostly are the keys; only where they give nothing the newest samples are asked. */
function rolledUpOf(store: ReadableStore, link: Link, fromMs: number, toMs: number): FoundOf {
  const found = rolledUp(store, link, fromMs, toMs);
  if (found.has(`${link.a.device}/${link.a.interface}/inOctets`)) return { ports: link, found };
  const ports = portsOf(store, link, toMs);
  const isSame = ports.a.interface === link.a.interface && ports.b.interface === link.b.interface;
  return { ports, found: isSame ? found : rolledUp(store, ports, fromMs, toMs) };
}

function nothing(ports: Link): FoundOf {
  return { ports, found: new Map() };
}

/**
 * The ends of a link by the keys their components have: the inventory may name a port otherwise than the device does,
 * as for live health. An end not seen lately keeps its name.
 */
function portsOf(store: ReadableStore, { a, b }: Link, untilMs: number): Pick<Link, "a" | "b"> {
  const newest = store.last(1, { devices: [a.device, b.device], untilMs });
  const keyed = (end: LinkEnd): LinkEnd => {
    const components = newest.get(end.device)?.at(-1)?.components ?? [];
    const ports = components.filter((component) => component.class === "interface");
    const found = findInterface(new Map(ports.map((component) => [component.key, { component }])), end);
    return { ...end, interface: found?.component.key ?? end.interface };
  };
  return { a: keyed(a), b: keyed(b) };
}

/** The center's end, and the agency's where that one was not measured; probes are of the agency's device. */
function rolledUp(
  store: ReadableStore,
  { a, b }: Pick<Link, "a" | "b">,
  fromMs: number,
  toMs: number,
): Found {
  const found: Found = new Map();
  const read = (
    components: readonly { device: string; class: string; key: string }[],
    measurements: string[],
  ) => {
    for (const series of store.rollups.series({ stepSeconds: 300, fromMs, toMs, components, measurements }))
      found.set(`${series.device}/${series.key}/${series.measurement}`, series);
  };
  const port = (end: LinkEnd) => [{ device: end.device, class: "interface", key: end.interface }];
  read(port(a), PORT_MEASUREMENTS);
  if (found.size < PORT_MEASUREMENTS.length) read(port(b), PORT_MEASUREMENTS);
  read([{ device: b.device, class: REACHABILITY_CLASS, key: "" }], PROBE_MEASUREMENTS);
  return found;
}

/** Seen from `a`: what comes in there goes to the center. The center's end where it is known, the agency's turned around. */
function loadOf(link: Pick<Link, "a" | "b">, found: Found, fromMs: number, steps: number): LinkLoad {
  const at = (end: LinkEnd, measurement: string) =>
    found.get(`${end.device}/${end.interface}/${measurement}`);
  const probe = (measurement: string) => found.get(`${link.b.device}//${measurement}`);
  const inward = at(link.a, "inOctets") ?? at(link.b, "outOctets");
  const outward = at(link.a, "outOctets") ?? at(link.b, "inOctets");
  const sum = (names: readonly string[]) => {
    const known = names
      .map((name) => meanOf(at(link.a, name) ?? at(link.b, name)))
      .filter((mean) => mean !== undefined);
    return known.length === 0 ? undefined : known.reduce((x, y) => x + y, 0);
  };
  return withKnown({
    stepMs: STEP_MS,
    in: bitsPerStep(inward, fromMs, steps),
    out: bitsPerStep(outward, fromMs, steps),
    peakIn: peakOf(inward),
    peakOut: peakOf(outward),
    errorsPerSecond: sum(["inErrors", "outErrors"]),
    discardsPerSecond: sum(["inDiscards", "outDiscards"]),
    rttMs: meanOf(probe("rttMs")),
    jitterMs: meanOf(probe("jitterMs")),
    lossPercent: meanOf(probe("lossPercent")),
  });
}

function withKnown(load: { [K in keyof LinkLoad]: LinkLoad[K] | undefined }): LinkLoad {
  return Object.fromEntries(
    Object.entries(load).filter(([, value]) => value !== undefined),
  ) as unknown as LinkLoad;
}

function bitsPerStep(series: RollupSeries | undefined, fromMs: number, steps: number): Float64Array {
  const values = new Float64Array(steps).fill(Number.NaN);
  if (!series) return values;
  for (let at = 0; at < series.atMs.length; at++) {
    const step = Math.floor((series.atMs[at]! - fromMs) / STEP_MS);
    if (step >= 0 && step < steps) values[step] = series.mean[at]! * 8;
  }
  return values;
}

function peakOf(series: RollupSeries | undefined): number | undefined {
  if (!series || series.max.length === 0) return undefined;
  let peak = 0;
  for (const value of series.max) if (value > peak) peak = value;
  return peak * 8;
}

function meanOf(series: RollupSeries | undefined): number | undefined {
  if (!series || series.mean.length === 0) return undefined;
  let total = 0;
  for (const value of series.mean) total += value;
  return total / series.mean.length;
}

/** The newest part, of which no rollups were made yet. */
function addRaw(
  store: ReadableStore,
  inventory: Inventory,
  loads: Map<string, LinkLoad>,
  rawFromMs: number,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): void {
  const devices = new Set<string>();
  for (const id of loads.keys()) {
    const { a, b } = inventory.links.get(id)!;
    devices.add(a.device).add(b.device);
  }
  const begin = fromMs + Math.floor((rawFromMs - fromMs) / STEP_MS) * STEP_MS;
  const samples = store.range({ devices: [...devices], fromMs: begin - LEAD_MS, toMs });
  const series = collectSeries(inventory, samples, begin, toMs, STEP_MS);
  const offset = Math.round((begin - fromMs) / STEP_MS);
  for (const [id, load] of loads) {
    const raw = series.links.get(id);
    if (!raw) continue;
    for (const direction of ["in", "out"] as const) {
      raw[direction].means.forEach((mean, at) => {
        if (!Number.isNaN(mean) && offset + at < load[direction].length) load[direction][offset + at] = mean;
      });
    }
    const highest = (one: number | undefined, other: number | undefined) =>
      one === undefined ? other : other === undefined ? one : Math.max(one, other);
    const [peakIn, peakOut] = [highest(load.peakIn, raw.in.peak), highest(load.peakOut, raw.out.peak)];
    if (peakIn !== undefined) load.peakIn = peakIn;
    if (peakOut !== undefined) load.peakOut = peakOut;
  }
}
