/**
 * Compaction: hours of samples become packed hours and 5-minute rollups, days of rollups become one row per component,
 * and what is older than its retention goes. In small steps, each one transaction: whoever runs it may stop after any
 * of them, be killed in any, and other writers wait for one at most.
 */
import type { DeviceSample, RatedSample } from "../samples/types.ts";
import { DayMerger } from "./day-merger.ts";
import { HourCompactor } from "./hour-compactor.ts";
import { HOUR_MS } from "./packed-hour.ts";
import { type Retention, RetentionKeeper, retentionOf } from "./retention.ts";
import type { StoreParts } from "./store-parts.ts";

/** Samples have this long after the end of their hour to arrive; the newest samples also stay quick to read. */
const SETTLE_MS = HOUR_MS;

export interface CompactionOptions {
  /** Rates of a sample against the one before: `ratesBetween` of the room `samples`. */
  rate(previous: DeviceSample | undefined, current: DeviceSample): RatedSample;
  /** Default: the clock. */
  nowMs?: number;
  retention?: Partial<Retention>;
  /** Components whose 5-minute rollups are kept as long as the 1-hour ones: ends of WAN links. */
  longKept?: readonly { device: string; class: string; key: string }[];
}

export type CompactionStep =
  | { did: "packed"; hour: number; device: string; samples: number }
  | { did: "merged"; day: number; components: number }
  | { did: "dropped"; what: "samples" | "rollups"; count: number };

/** One step per `next()`. */
export function* compactionSteps(parts: StoreParts, options: CompactionOptions): Generator<CompactionStep> {
  const nowMs = options.nowMs ?? Date.now();
  const settledHour = Math.floor((nowMs - SETTLE_MS) / HOUR_MS);
  yield* new HourCompactor(parts, options.rate).run(settledHour);
  yield* new DayMerger(parts).run();
  const keeper = new RetentionKeeper(parts, retentionOf(options.retention), options.longKept ?? []);
  yield* keeper.run(nowMs);
  parts.transactions.run(() => parts.progress.set("last-compaction-ms", nowMs));
}
