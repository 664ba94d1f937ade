/** How one incident begins, is rewritten and ends. Every rewriting of what was told leaves a revision. */

import { mergedPeriods } from "../timeline.ts";
import { joined, nothingAffected } from "./affected.ts";
import type { Finding } from "./findings.ts";
import type { Incident, Revision, RevisionReason } from "./types.ts";

/** A new incident; its id says when, what and why, so that it is the same whoever works it out. */
export function newIncident({ subject, code, kind, severity, reasons }: Finding, startMs: number): Incident {
  return {
    id: `${timeId(startMs)}-${subject.kind}-${subject.id}-${code}`,
    kind,
    subject,
    code,
    severity,
    startMs,
    lastSeenMs: startMs,
    reasons,
    cause: { kind: "unknown", evidence: [] },
    impact: "none",
    affected: nothingAffected,
    planned: [],
    unknown: [],
    revision: 1,
    revisions: [],
  };
}

/** "20261124T010300Z". */
function timeId(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/** A change of what had been told, with what it was before. */
export function revised(
  incident: Incident,
  change: Revision["before"],
  reason: RevisionReason,
  atMs: number,
): Incident {
  const before: Record<string, unknown> = {};
  for (const key of Object.keys(change) as (keyof Revision["before"])[]) before[key] = incident[key];
  return {
    ...incident,
    ...change,
    revision: incident.revision + 1,
    revisions: [...incident.revisions, { atMs, reason, before: before as Revision["before"] }],
  };
}

/** `into` with what `part` adds: it began with the earlier of both, and affected what both did. */
export function absorbed(into: Incident, part: Incident, reason: RevisionReason, atMs: number): Incident {
  const affected = joined(into.affected, part.affected);
  const planned = into.planned.length > 0 ? into.planned : part.planned;
  const unknown = mergedPeriods([...part.unknown, ...into.unknown]);
  const whole = { ...into, affected, planned, unknown };
  return part.startMs < into.startMs ? revised(whole, { startMs: part.startMs }, reason, atMs) : whole;
}
