/** One thing that can be wrong, from snapshot to snapshot: confirmed, cleared, or coming and going. */
import type { IncidentKind, IncidentRules } from "./types.ts";

export interface Track {
  isBad: boolean;
  /** Snapshots in a row with it, and without. */
  bad: number;
  good: number;
  /** When the present run of bad, or of good, began. */
  badSinceMs: number;
  goodSinceMs: number;
  /** Confirmed changes within the flapping window. */
  changesMs: readonly number[];
  /** The incident that runs. */
  incident?: string;
}

export type Turn = "raised" | "cleared" | undefined;

const fresh: Track = { isBad: false, bad: 0, good: 0, badSinceMs: 0, goodSinceMs: 0, changesMs: [] };

/** A snapshot shows it. */
export function seenBad(
  track: Track | undefined,
  kind: IncidentKind,
  atMs: number,
  rules: IncidentRules,
): { track: Track; turn: Turn } {
  const before = track ?? fresh;
  const bad = before.bad + 1;
  const badSinceMs = before.bad === 0 ? atMs : before.badSinceMs;
  const next: Track = { ...before, bad, badSinceMs, good: 0 };
  if (before.isBad || bad < needed(kind, rules)) return { track: next, turn: undefined };
  return {
    track: { ...next, isBad: true, changesMs: recent([...before.changesMs, badSinceMs], atMs, rules) },
    turn: "raised",
  };
}

/** A snapshot measured the subject and does not show it. */
export function seenGood(
  track: Track,
  kind: IncidentKind,
  atMs: number,
  rules: IncidentRules,
): { track: Track; turn: Turn } {
  const good = track.good + 1;
  const goodSinceMs = track.good === 0 ? atMs : track.goodSinceMs;
  const next: Track = {
    ...track,
    good,
    goodSinceMs,
    bad: 0,
    changesMs: recent(track.changesMs, atMs, rules),
  };
  if (!track.isBad || good < (kind === "fault" ? rules.clearSnapshots : 1))
    return { track: next, turn: undefined };
  return {
    track: { ...next, isBad: false, changesMs: recent([...track.changesMs, goodSinceMs], atMs, rules) },
    turn: "cleared",
  };
}

export function isFlapping({ changesMs }: Track, rules: IncidentRules): boolean {
  return changesMs.length >= rules.flapChanges;
}

/** Whether what came and went has been quiet for long enough. */
export function isQuiet({ changesMs }: Track, atMs: number, rules: IncidentRules): boolean {
  return atMs - (changesMs.at(-1) ?? Number.NEGATIVE_INFINITY) >= rules.flapQuietMs;
}

/** Whether nothing needs to be remembered of it. */
export function isForgettable({ isBad, bad, incident, changesMs }: Track): boolean {
  return !isBad && bad === 0 && incident === undefined && changesMs.length === 0;
}

function needed(kind: IncidentKind, rules: IncidentRules): number {
  return kind === "fault" ? rules.raiseSnapshots : kind === "outage" ? rules.outageSnapshots : 1;
}

function recent(
  changesMs: readonly number[],
  atMs: number,
  { flapWindowMs }: IncidentRules,
): readonly number[] {
  const first = changesMs[0];
  return first === undefined || first >= atMs - flapWindowMs
    ? changesMs
    : changesMs.filter((changeMs) => changeMs >= atMs - flapWindowMs);
}
