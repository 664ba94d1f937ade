/** The moments at which snapshots are taken, and what the clock did between them. */
import { FIRST_HOLD_MS, holdOf } from "../hold.ts";

export interface ClockState {
  /** Moment of the last snapshot; never before one that came earlier. */
  atMs: number;
  /** What the clock showed then. */
  clockMs: number;
  /** Times between the last snapshots in turn, newest last. */
  intervalsMs: readonly number[];
  /** Moment of the last snapshot in turn, when one before its turn came after it. */
  turnMs?: number;
}

export interface ClockStep {
  state: ClockState;
  /** The moment this snapshot counts as. */
  atMs: number;
  /** How long what it shows may stand when nothing follows. */
  holdMs: number;
  /** Time before this snapshot in which nothing was measured. */
  gap?: { fromMs: number; toMs: number };
  /** How far the clock went back. */
  backMs?: number;
}

const INTERVALS = 5;

/**
 * A snapshot stands until the next one, at most for two intervals between snapshots: a poller that was down leaves a
 * gap. One before its turn (`isEarly`) stands likewise, and says nothing about the interval. When the clock went back, time stands still until it has come back to where it was: what is told of the past stays.
 */
export function advanceClock(
  previous: ClockState | undefined,
  nowMs: number,
  { isEarly = false }: { isEarly?: boolean } = {},
): ClockStep {
  if (!previous) {
    const state = { atMs: nowMs, clockMs: nowMs, intervalsMs: [] };
    return { state, atMs: nowMs, holdMs: FIRST_HOLD_MS };
  }
  const backMs = previous.clockMs - nowMs;
  if (nowMs <= previous.atMs) {
    return {
      state: { ...previous, clockMs: nowMs },
      atMs: previous.atMs,
      holdMs: holdAfter(previous.intervalsMs),
      ...(backMs > 0 && { backMs }),
    };
  }
  const endMs = previous.atMs + holdAfter(previous.intervalsMs);
  const isGap = nowMs > endMs;
  const turnMs = previous.turnMs ?? previous.atMs;
  if (isEarly) {
    const state = { ...previous, atMs: nowMs, clockMs: nowMs, turnMs };
    const holdMs = holdAfter(previous.intervalsMs);
    return { state, atMs: nowMs, holdMs, ...(isGap && { gap: { fromMs: endMs, toMs: nowMs } }) };
  }
  // A gap counts too: the median of five is not moved by one, and a slow rhythm must be learnt from its first interval.
  const intervalsMs = [...previous.intervalsMs, nowMs - turnMs].slice(-INTERVALS);
  return {
    state: { atMs: nowMs, clockMs: nowMs, intervalsMs },
    atMs: nowMs,
    holdMs: holdAfter(intervalsMs),
    ...(isGap && { gap: { fromMs: endMs, toMs: nowMs } }),
  };
}

function holdAfter(intervalsMs: readonly number[]): number {
  return intervalsMs.length > 0 ? holdOf(intervalsMs) : FIRST_HOLD_MS;
}
