/** Interval arithmetic over states: half-open spans [fromMs, toMs), in order, never overlapping. */

/** A time, half-open. */
export interface Period {
  fromMs: number;
  toMs: number;
}

/** Periods in order, those that touch made one; empty ones are left out. */
export function mergedPeriods(periods: readonly Period[]): Period[] {
  const merged: Period[] = [];
  for (const { fromMs, toMs } of periods.toSorted((x, y) => x.fromMs - y.fromMs)) {
    const last = merged.at(-1);
    if (last && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else if (toMs > fromMs) merged.push({ fromMs, toMs });
  }
  return merged;
}

/** What a span of time shows; time without a span was not measured. */
export interface Span<S extends string = string> {
  fromMs: number;
  toMs: number;
  state: S;
}

export type Timeline<S extends string = string> = readonly Span<S>[];

/**
 * Appends a span that begins at or after the end of the last one; equal neighbours become one. Empty spans are left
 * out, and what would overlap is cut.
 */
export function appendSpan<S extends string>(timeline: Span<S>[], span: Span<S>): void {
  const last = timeline.at(-1);
  const fromMs = last ? Math.max(span.fromMs, last.toMs) : span.fromMs;
  if (span.toMs <= fromMs) return;
  if (last && last.toMs === fromMs && last.state === span.state) last.toMs = span.toMs;
  else timeline.push({ ...span, fromMs });
}

/**
 * One timeline from several: at each moment `merge` gets the state of each (undefined where it was not measured) and
 * gives the state of the whole, or undefined.
 */
export function combine<S extends string, T extends string>(
  timelines: readonly Timeline<S>[],
  merge: (states: readonly (S | undefined)[]) => T | undefined,
): Timeline<T> {
  const moments = [
    ...new Set(timelines.flatMap((timeline) => timeline.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))),
  ].sort((x, y) => x - y);
  const places = timelines.map(() => 0);
  const combined: Span<T>[] = [];
  for (let at = 0; at + 1 < moments.length; at++) {
    const fromMs = moments[at]!;
    const states = timelines.map((timeline, index) => {
      while (places[index]! < timeline.length && timeline[places[index]!]!.toMs <= fromMs) places[index]!++;
      const span = timeline[places[index]!];
      return span && span.fromMs <= fromMs ? span.state : undefined;
    });
    const state = merge(states);
    if (state !== undefined) appendSpan(combined, { fromMs, toMs: moments[at + 1]!, state });
  }
  return combined;
}

/** Seconds spent in a state; without one, seconds measured at all. */
export function secondsIn(timeline: Timeline, state?: string): number {
  let ms = 0;
  for (const span of timeline) if (state === undefined || span.state === state) ms += span.toMs - span.fromMs;
  return ms / 1000;
}

/** The part of a timeline inside [fromMs, toMs). */
export function within<S extends string>(timeline: Timeline<S>, fromMs: number, toMs: number): Timeline<S> {
  return timeline
    .filter((span) => span.toMs > fromMs && span.fromMs < toMs)
    .map((span) => ({ ...span, fromMs: Math.max(span.fromMs, fromMs), toMs: Math.min(span.toMs, toMs) }));
}
