/** Availability over a period, from what was measured and nothing else. */
import type { DeviceSample } from "../samples/types.ts";
import { FIRST_HOLD_MS, holdOf } from "./hold.ts";
import { appendSpan, combine, type Span, secondsIn, type Timeline } from "./timeline.ts";

/** Below this share measured, a period says nothing about availability. */
export const LEAST_COVERAGE_PERCENT = 95;
/** The polling interval is the median of so many: an early poll or a pause of the poller does not move it. */
const INTERVALS = 5;

export type Availability = "up" | "down";

/** Shares of a period. */
export interface Coverage {
  /** Time up / (time up + time down), percent; undefined when nothing was measured. */
  percent: number | undefined;
  /** Share of the period that was measured. */
  coveragePercent: number;
  downSeconds: number;
  /** Number of unbroken spans of down. */
  outages: number;
}

/** Measures a timeline against its period. */
export function availabilityOf(timeline: Timeline<Availability>, fromMs: number, toMs: number): Coverage {
  const up = secondsIn(timeline, "up");
  const down = secondsIn(timeline, "down");
  return {
    percent: up + down > 0 ? (100 * up) / (up + down) : undefined,
    coveragePercent: toMs > fromMs ? Math.min(100, (100_000 * (up + down)) / (toMs - fromMs)) : 0,
    downSeconds: down,
    outages: timeline.filter(({ state }) => state === "down").length,
  };
}

/** Whether the share measured allows a statement about availability. */
export function isMeasurable(coverage: Coverage): boolean {
  return coverage.percent !== undefined && coverage.coveragePercent >= LEAST_COVERAGE_PERCENT;
}

/**
 * A timeline from samples of one device in time order. A sample's state holds until the next sample, at most for two
 * polling intervals (a poller that stopped says nothing); undefined states leave a hole.
 */
export class TimelineBuilder<S extends string> {
  readonly timeline: Span<S>[] = [];
  #previous: { atMs: number; state: S | undefined; holdMs: number } | undefined;
  readonly #intervalsMs: number[] = [];
  readonly #fromMs: number;
  readonly #toMs: number;

  /** The period: samples before it may begin a span, nothing outside is kept. */
  constructor(fromMs: number, toMs: number) {
    this.#fromMs = fromMs;
    this.#toMs = toMs;
  }

  add(atMs: number, state: S | undefined): void {
    const previous = this.#previous;
    if (previous) this.#close(previous, atMs);
    if (previous) this.#intervalsMs.push(atMs - previous.atMs);
    if (this.#intervalsMs.length > INTERVALS) this.#intervalsMs.shift();
    const holdMs = this.#intervalsMs.length > 0 ? holdOf(this.#intervalsMs) : FIRST_HOLD_MS;
    this.#previous = { atMs, state, holdMs };
  }

  finish(): Timeline<S> {
    if (this.#previous) this.#close(this.#previous, this.#toMs);
    this.#previous = undefined;
    return this.timeline;
  }

  #close(sample: { atMs: number; state: S | undefined; holdMs: number }, nextMs: number): void {
    if (sample.state === undefined) return;
    const toMs = Math.min(nextMs, sample.atMs + sample.holdMs, this.#toMs);
    appendSpan(this.timeline, { fromMs: Math.max(sample.atMs, this.#fromMs), toMs, state: sample.state });
  }
}

/** Whether a device answered: yes, no, or not asked. */
export function answeredState(sample: DeviceSample): Availability | undefined {
  switch (sample.outcome) {
    case "complete":
    case "partial":
    case "refused":
    case "unauthenticated":
    case "invalid":
      return "up";
    case "no-answer":
      return sample.reachability && sample.reachability.method !== "snmp" && sample.reachability.received > 0
        ? "up"
        : "down";
    case "unresolved":
    case "skipped":
      return undefined;
  }
}

/** A link is down while an end says so, up while one says that, and not measured while neither does. */
export function linkTimeline(ends: readonly Timeline<Availability>[]): Timeline<Availability> {
  return combine(ends, (states) =>
    states.includes("down") ? "down" : states.includes("up") ? "up" : undefined,
  );
}

/** Access over several links is up while any is up, and down only while all are known to be down. */
export function accessTimeline(links: readonly Timeline<Availability>[]): Timeline<Availability> {
  return combine(links, (states) =>
    states.includes("up")
      ? "up"
      : states.length > 0 && states.every((state) => state === "down")
        ? "down"
        : undefined,
  );
}
