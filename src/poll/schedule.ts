/** When cycles begin. Pure; the caller brings a monotonic clock, so that steps of the wall clock do nothing. */

export interface NextCycle {
  /** Monotonic ms at which it begins. */
  beginMs: number;
  /** Beginnings that passed while the cycle before was still running: they are not made up for. */
  missed: number;
}

/**
 * The beginning after `nowMs` on the grid `firstMs`, `firstMs + periodMs`, … A cycle that ends late does not push the
 * grid, and those it ran over are skipped and counted.
 * @param lastMs beginning of the cycle that just ended.
 */
export function nextCycle(firstMs: number, periodMs: number, lastMs: number, nowMs: number): NextCycle {
  const last = Math.round((lastMs - firstMs) / periodMs);
  const next = Math.max(last + 1, Math.ceil((nowMs - firstMs) / periodMs));
  return { beginMs: firstMs + next * periodMs, missed: next - last - 1 };
}

/** A period that cannot be (exit code 2). */
export class PeriodError extends Error {
  readonly exitCode = 2;
  readonly code = "bad-period";
  readonly fix = "write it as 30s, 5m or 1h, from 5s to 24h";
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const SHORTEST_PERIOD_MS = 5000;
const LONGEST_PERIOD_MS = 86_400_000;

/** "60s", "5m", "1h" in ms. @throws PeriodError */
export function parsePeriod(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < SHORTEST_PERIOD_MS || ms > LONGEST_PERIOD_MS)
    throw new PeriodError(`${JSON.stringify(text)} is not a period`);
  return ms;
}

/** "250ms", "90s", "5m", "1h" in ms; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(text.trim());
  const factor = unitMs[match?.[2] ?? ""];
  return match && factor ? Number(match[1]) * factor : undefined;
}
