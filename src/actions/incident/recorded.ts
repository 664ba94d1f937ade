/** Incidents and what people said of them, as the store's journal has them. */
import { type AnnotatedIncident, annotated } from "../../health/incident/people.ts";
import type { Annotation, Incident } from "../../health/incident/types.ts";
import type { Journal } from "../../store/history-types.ts";

export const INCIDENT = "incident";
export const ANNOTATION = "annotation";

/** Those that touch [fromMs, toMs), oldest first; merged ones are parts of others and left out. */
export function recordedIncidents(
  journal: Pick<Journal, "find">,
  range: { fromMs?: number; toMs?: number; openOnly?: boolean; subject?: string } = {},
): AnnotatedIncident[] {
  const incidents = journal
    .find<Incident>({ kind: INCIDENT, ...range })
    .map(({ body }) => body)
    .filter(({ mergedInto }) => mergedInto === undefined);
  if (incidents.length === 0) return [];
  const said = Map.groupBy(
    journal.find<Annotation>({ kind: ANNOTATION }).map(({ body }) => body),
    ({ incident }) => incident,
  );
  return incidents.map((incident) => annotated(incident, said.get(incident.id) ?? []));
}
