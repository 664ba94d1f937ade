/** The moments at which snapshots are taken, and what the clock did between them. */
import { FIRST_HOLD_MS, holdOf, LONGEST_HOLD_MS } from "../hold.ts";

export interface ClockState {
  /** Moment of the last snapshot; never before one that came earlier. */
  atMs: number;
  /** What the clock showed then. */
  clockMs: number;
  /** Times between the last snapshots in turn, newest last. */
  intervalsMs: readonly number[];
  /** Moment of the last snapshot in turn, when one before its turn came after it. */
  turnMs?: number;
  /** The last time that was told as not measured. */
  gap?: Gap;
}

interface Gap {
  fromMs: number;
  toMs: number;
}

export interface ClockStep {
  state: ClockState;
  /** The moment this snapshot counts as. */
  atMs: number;
  /** How long what it shows may stand when nothing follows. */
  holdMs: number;
  /** Time before this snapshot in which nothing was measured. */
  gap?: Gap;
  /** How far the clock went back. */
  backMs?: number;
  /** The clock had been ahead, and is right again: what was told to be a gap was none from here on. */
  noGap?: Gap;
}

const INTERVALS = 5;

/**
 * A snapshot stands until the next one, at most for two intervals between snapshots: a poller that was down leaves a
 * gap. One before its turn (`isEarly`) stands likewise, and says nothing about the interval. When the clock went back,
 * time stands still until it has come back to where it was: what is told of the past stays. But when it goes back by as
 * much as it had jumped ahead, into the gap that the jump left and of which nothing is told, time goes on there.
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
  const wasAhead = backMs > 0 ? jumpTakenBack(previous, nowMs) : undefined;
  if (wasAhead) {
    const { intervalsMs } = previous;
    const state = { atMs: nowMs, clockMs: nowMs, intervalsMs };
    return {
      state,
      atMs: nowMs,
      holdMs: holdAfter(intervalsMs),
      backMs,
      noGap: { ...wasAhead, fromMs: nowMs },
    };
  }
  if (nowMs <= previous.atMs) {
    return {
      state: { ...previous, clockMs: nowMs },
      atMs: previous.atMs,
      holdMs: holdAfter(previous.intervalsMs),
      ...(backMs > 0 && { backMs }),
    };
  }
  const endMs = previous.atMs + holdAfter(previous.intervalsMs);
  const gap = nowMs > endMs ? { fromMs: endMs, toMs: nowMs } : undefined;
  const lastGap = gap ?? previous.gap;
  const turnMs = previous.turnMs ?? previous.atMs;
  if (isEarly) {
    const state = { ...previous, atMs: nowMs, clockMs: nowMs, turnMs };
    const holdMs = holdAfter(previous.intervalsMs);
    return {
      state: { ...state, ...(lastGap && { gap: lastGap }) },
      atMs: nowMs,
      holdMs,
      ...(gap && { gap }),
    };
  }
  // A gap counts too: the median of five is not moved by one, and a slow rhythm must be learnt from its first interval.
  const intervalsMs = [...previous.intervalsMs, nowMs - turnMs].slice(-INTERVALS);
  return {
    state: { atMs: nowMs, clockMs: nowMs, intervalsMs, ...(lastGap && { gap: lastGap }) },
    atMs: nowMs,
    holdMs: holdAfter(intervalsMs),
    ...(gap && { gap }),
  };
}

/**
 * The gap that a clock left by jumping ahead, when it goes back now to where it would be without the jump. Gaps that
 * are shorter than a sample may stand are left alone: a poller that was down for a while explains them as well.
 */
function jumpTakenBack({ atMs, intervalsMs, gap }: ClockState, nowMs: number): Gap | undefined {
  if (!gap || gap.toMs - gap.fromMs <= LONGEST_HOLD_MS) return undefined;
  const elapsedMs = atMs - gap.toMs;
  const latestMs = gap.fromMs + elapsedMs + 2 * holdAfter(intervalsMs);
  return nowMs > gap.fromMs && nowMs <= latestMs && nowMs < gap.toMs ? gap : undefined;
}

function holdAfter(intervalsMs: readonly number[]): number {
  return intervalsMs.length > 0 ? holdOf(intervalsMs) : FIRST_HOLD_MS;
}
