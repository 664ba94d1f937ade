/** How long a sample speaks for the time after it. */

/** The first of a series, whose interval is not known yet. */
export const FIRST_HOLD_MS = 15 * 60_000;
const SHORTEST_HOLD_MS = 60_000;
export const LONGEST_HOLD_MS = 2 * 3_600_000;

/** Two intervals, by the median of the last ones: an early poll or a pause of the poller does not move it. */
export function holdOf(intervalsMs: readonly number[]): number {
  const median = intervalsMs.toSorted((x, y) => x - y)[(intervalsMs.length - 1) >> 1] ?? FIRST_HOLD_MS / 2;
  return Math.min(Math.max(2 * median, SHORTEST_HOLD_MS), LONGEST_HOLD_MS);
}
