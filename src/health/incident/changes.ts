import type { Incident, IncidentChange } from "./types.ts";

/** What of an incident is worth telling when it changes. */
export function changesBetween(before: Incident, now: Incident): IncidentChange[] {
  const what: IncidentChange[] = [];
  if (before.severity !== now.severity) what.push("severity");
  if (before.cause.kind !== now.cause.kind) what.push("cause");
  if (before.subject.id !== now.subject.id || before.subject.kind !== now.subject.kind) what.push("subject");
  if (before.flapping?.changes !== now.flapping?.changes) what.push("flapping");
  if (before.impact !== now.impact) what.push("impact");
  return what;
}
