/** Incidents and what people said of them, as the journal of a store has them, or those of several as one. */
import { type AnnotatedIncident, annotated } from "../../health/incident/people.ts";
import type { Annotation, Incident } from "../../health/incident/types.ts";
import { type UnitedIncident, unitedIncidents } from "../../health/incident/union.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { Journal } from "../../store/history-types.ts";
import type { ReadableStore } from "../../store/types.ts";

export const INCIDENT = "incident";
export const ANNOTATION = "annotation";

export interface IncidentRange {
  fromMs?: number;
  toMs?: number;
  openOnly?: boolean;
  subject?: string;
}

/** Those that touch [fromMs, toMs), oldest first; merged ones are parts of others and left out. */
export function recordedIncidents(
  journal: Pick<Journal, "find">,
  range: IncidentRange = {},
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

/** The same of a province, with where each stands: in which of the store's parts, under which id. */
export function provinceIncidents(
  store: Pick<ReadableStore, "journal" | "parts">,
  inventory: Inventory,
  range: IncidentRange = {},
): UnitedIncident[] {
  const lists = (store.parts ?? [store]).map(({ journal }) => recordedIncidents(journal, range));
  return unitedIncidents(lists, inventory);
}
