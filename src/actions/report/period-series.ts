/** A period for the reports of now when they are asked for one: what is kept for long, and raw samples where nothing is. */
import type { Availability } from "../../health/availability.ts";
import { appendSpan, type Span } from "../../health/timeline.ts";
import type { Inventory } from "../../inventory/model.ts";
import { collectSeries, type LinkSeries, type PeriodSeries } from "../../report/series.ts";
import type { StateSpan } from "../../store/history-types.ts";
import type { ReadableStore } from "../../store/types.ts";
import { linkLoads } from "./link-loads.ts";

/** Before a period's start, so that its first interval has a rate. */
const LEAD_MS = 15 * 60_000;
const BUCKET_MS = 300_000;

/** States from the history and traffic from rollups; a store without history gives all of it from its samples. */
export function periodSeries(
  store: ReadableStore,
  inventory: Inventory,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): PeriodSeries {
  const links = store.history.spans({ prefix: "link/", fromMs, toMs });
  if (links.size === 0) {
    const devices = [...inventory.devices.keys()];
    return collectSeries(inventory, store.range({ devices, fromMs: fromMs - LEAD_MS, toMs }), fromMs, toMs);
  }
  const loads = linkLoads(store, inventory, [...inventory.links.values()], { fromMs, toMs });
  const series = new Map<string, LinkSeries>();
  for (const [id, load] of loads) {
    series.set(id, {
      in: { means: Float32Array.from(load.in), peak: load.peakIn },
      out: { means: Float32Array.from(load.out), peak: load.peakOut },
      timeline: timelineOf(links.get(`link/${id}`), linkState, fromMs, toMs),
    });
  }
  const devices = new Map<string, Span<Availability>[]>();
  for (const [subject, spans] of store.history.spans({ prefix: "device/", fromMs, toMs }))
    devices.set(subject.slice("device/".length), timelineOf(spans, deviceState, fromMs, toMs));
  return { fromMs, toMs, bucketMs: BUCKET_MS, links: series, devices };
}

function timelineOf(
  spans: readonly StateSpan[] | undefined,
  meaning: (state: string) => Availability | undefined,
  fromMs: number,
  toMs: number,
): Span<Availability>[] {
  const timeline: Span<Availability>[] = [];
  for (const span of spans ?? []) {
    const state = meaning(span.state);
    if (state === undefined) continue;
    appendSpan(timeline, { fromMs: Math.max(span.fromMs, fromMs), toMs: Math.min(span.toMs, toMs), state });
  }
  return timeline;
}

function linkState(state: string): Availability | undefined {
  return state === "up" || state === "degraded" ? "up" : state === "down" ? "down" : undefined;
}

/** Whether it answered: what is cut off does not. */
function deviceState(state: string): Availability | undefined {
  return state === "unreachable" ? "down" : linkState(state);
}
