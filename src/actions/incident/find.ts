/** One incident by what a person types: its id, the beginning of it, or what it is about while only one runs. */

import type { AnnotatedIncident } from "../../health/incident/people.ts";
import type { Incident } from "../../health/incident/types.ts";
import { LookupError } from "../../inventory/lookup.ts";
import { didYouMean } from "../../inventory/near-match.ts";
import type { Journal } from "../../store/history-types.ts";
import { INCIDENT, recordedIncidents } from "./recorded.ts";

/** @throws LookupError (2) when none or several fit */
export function findIncident(journal: Journal, text: string): AnnotatedIncident {
  const exact = journal.latest<Incident>(INCIDENT, text)?.body;
  if (exact) {
    // What was merged into another is told there.
    if (exact.mergedInto !== undefined) return findIncident(journal, exact.mergedInto);
    return recordedIncidents(journal, {
      fromMs: exact.startMs,
      toMs: (exact.endMs ?? exact.startMs) + 1,
    }).find(({ incident }) => incident.id === text)!;
  }
  const all = recordedIncidents(journal);
  const starting = all.filter(({ incident }) => incident.id.startsWith(text));
  const running = all.filter(({ incident }) => incident.subject.id === text && incident.endMs === undefined);
  const found = starting.length > 0 ? starting : running;
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw new LookupError(
      "ambiguous-incident",
      `"${text}" means several incidents: ${found
        .slice(0, 5)
        .map(({ incident }) => incident.id)
        .join(", ")}`,
      "give more of its id",
    );
  const ended = all.findLast(({ incident }) => incident.subject.id === text);
  if (ended)
    throw new LookupError(
      "ended-incident",
      `no incident of "${text}" runs`,
      `the last one was ${ended.incident.id}; \`pdc incident list --all\` lists them`,
    );
  const names = all.flatMap(({ incident }) => [incident.subject.id, incident.id]);
  throw new LookupError(
    "unknown-incident",
    `there is no incident "${text}"`,
    didYouMean(text, names) ?? "`pdc incident list` lists them",
  );
}
