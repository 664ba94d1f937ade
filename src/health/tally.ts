/** A period counted: planned, unknown, down and the rest, and what follows for an objective. */
import { LEAST_COVERAGE_PERCENT } from "./availability.ts";
import type { Period, Timeline } from "./timeline.ts";
import type { State } from "./types.ts";

/** Which states count as down; time in no state, or in one of `unknown`, is not measured. */
export interface Meaning {
  down: ReadonlySet<State>;
  unknown: ReadonlySet<State>;
}

/** A link is down when an end proves it; cut off by something above, nothing is known of the link itself. */
export const linkMeaning: Meaning = { down: new Set(["down"]), unknown: new Set(["unreachable", "unknown"]) };
/** An agency, a site or a device has no service while it is cut off, whoever's fault that is. */
export const serviceMeaning: Meaning = {
  down: new Set(["down", "unreachable"]),
  unknown: new Set(["unknown"]),
};

/** One unbroken time of down outside maintenance. */
export interface Outage extends Period {
  /** It had not ended when the period did, or what came after is not known. */
  isOpen: boolean;
  /** It had begun before the period did: when. */
  beganMs?: number;
}

/** All times in ms; `totalMs = plannedMs + unknownMs + downMs + upMs`. */
export interface Tally {
  totalMs: number;
  /** Inside maintenance windows, whatever was measured there. */
  plannedMs: number;
  /** Outside them, and not measured. */
  unknownMs: number;
  downMs: number;
  upMs: number;
  outages: readonly Outage[];
  /** (T − planned − unknown − down) / (T − planned − unknown), percent; undefined when nothing was measured. */
  availabilityPercent: number | undefined;
  /** (T − planned − unknown) / (T − planned), percent. */
  coveragePercent: number;
}

/** Counts [fromMs, toMs). `planned`: periods in order that do not overlap. */
export function tallyOf(
  timeline: Timeline<State>,
  planned: readonly Period[],
  fromMs: number,
  toMs: number,
  meaning: Meaning,
): Tally {
  const totalMs = Math.max(0, toMs - fromMs);
  let plannedMs = 0;
  for (const period of planned) plannedMs += overlapOf(period, fromMs, toMs);
  let upMs = 0;
  const outages: { fromMs: number; toMs: number; isOpen: boolean; beganMs?: number }[] = [];
  let lastKnownMs = fromMs;
  let downMs = 0;
  for (const span of timeline) {
    if (span.toMs <= fromMs || span.fromMs >= toMs || meaning.unknown.has(span.state)) continue;
    const isDown = meaning.down.has(span.state);
    for (const part of outside(planned, Math.max(span.fromMs, fromMs), Math.min(span.toMs, toMs))) {
      const lengthMs = part.toMs - part.fromMs;
      lastKnownMs = part.toMs;
      if (!isDown) {
        upMs += lengthMs;
        continue;
      }
      downMs += lengthMs;
      const last = outages.at(-1);
      if (last && last.toMs === part.fromMs) last.toMs = part.toMs;
      else {
        const isOlder = part.fromMs === fromMs && span.fromMs < fromMs;
        outages.push({ ...part, isOpen: false, ...(isOlder && { beganMs: span.fromMs }) });
      }
    }
  }
  const last = outages.at(-1);
  if (last && last.toMs === lastKnownMs) last.isOpen = true;
  const measuredMs = upMs + downMs;
  const expectedMs = totalMs - plannedMs;
  return {
    totalMs,
    plannedMs,
    unknownMs: expectedMs - measuredMs,
    downMs,
    upMs,
    outages,
    availabilityPercent: measuredMs > 0 ? (100 * upMs) / measuredMs : undefined,
    coveragePercent: expectedMs > 0 ? (100 * measuredMs) / expectedMs : 0,
  };
}

/** Whether enough was measured to say anything. */
export function isTallyMeasurable({ availabilityPercent, coveragePercent }: Tally): boolean {
  return availabilityPercent !== undefined && coveragePercent >= LEAST_COVERAGE_PERCENT;
}

export type Verdict = "met" | "missed" | "not-measurable";

/** A tally held against an objective. */
export interface ObjectiveResult {
  verdict: Verdict;
  /** Down time the objective allows in what was measured, less what was used; negative when it is overdrawn. */
  budgetLeftMs: number;
  budgetMs: number;
}

/** What was not measured enough is never met. */
export function heldAgainst(tally: Tally, objectivePercent: number): ObjectiveResult {
  const budgetMs = (tally.upMs + tally.downMs) * (1 - objectivePercent / 100);
  const isMet = tally.availabilityPercent !== undefined && tally.availabilityPercent >= objectivePercent;
  return {
    verdict: !isTallyMeasurable(tally) ? "not-measurable" : isMet ? "met" : "missed",
    budgetMs,
    budgetLeftMs: budgetMs - tally.downMs,
  };
}

/** Mean time to repair over the outages that ended in the period, whenever they began; undefined when none did. */
export function meanRepairMs({ outages }: Tally): number | undefined {
  const ended = outages.filter(({ isOpen }) => !isOpen);
  if (ended.length === 0) return undefined;
  return ended.reduce((sum, { fromMs, toMs, beganMs }) => sum + toMs - (beganMs ?? fromMs), 0) / ended.length;
}

function overlapOf(period: Period, fromMs: number, toMs: number): number {
  return Math.max(0, Math.min(period.toMs, toMs) - Math.max(period.fromMs, fromMs));
}

/** The parts of [fromMs, toMs) that no period covers. */
function* outside(periods: readonly Period[], fromMs: number, toMs: number): Generator<Period> {
  let at = fromMs;
  for (const period of periods) {
    if (period.toMs <= at) continue;
    if (period.fromMs >= toMs) break;
    if (period.fromMs > at) yield { fromMs: at, toMs: period.fromMs };
    at = Math.max(at, period.toMs);
  }
  if (at < toMs) yield { fromMs: at, toMs };
}
