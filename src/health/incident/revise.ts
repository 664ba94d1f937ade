/** Corrections of the past: samples that came late show another beginning or end. Never silent. */
import type { Timeline } from "../timeline.ts";
import { revised } from "./incident.ts";
import type { Incident, Revision } from "./types.ts";

/**
 * An ended outage held against a timeline of its subject that was worked out again from all samples: the span of
 * down that it touches gives beginning and end. The same incident when nothing differs by more than `toleranceMs`,
 * else one with a revision that says what it was.
 */
export function revisedByTimeline(
  incident: Incident,
  timeline: Timeline,
  { atMs, toleranceMs }: { atMs: number; toleranceMs: number },
): Incident {
  const { startMs, endMs } = incident;
  if (endMs === undefined || incident.kind !== "outage" || incident.flapping) return incident;
  const down = timeline.filter((span) => span.state === "down" && span.fromMs < endMs && span.toMs > startMs);
  const [first, last] = [down[0], down.at(-1)];
  if (!first || !last) return incident;
  const change: Revision["before"] = {};
  if (Math.abs(first.fromMs - startMs) > toleranceMs) change.startMs = first.fromMs;
  if (Math.abs(last.toMs - endMs) > toleranceMs) change.endMs = last.toMs;
  return Object.keys(change).length === 0 ? incident : revised(incident, change, "late-samples", atMs);
}
