/** `pdc incident show`: one incident with its evidence, what hangs on it, and what was said and changed. */
import type { AnnotatedIncident } from "../../health/incident/people.ts";
import type { Incident } from "../../health/incident/types.ts";
import { type InventoryPlace, openInventory } from "../inventory/open.ts";
import { type StoreOptions, storePaths } from "../store/paths.ts";
import { findIncident } from "./find.ts";
import { rowContext } from "./list.ts";
import { openIncidents } from "./open-province.ts";

export interface ShowIncidentOptions extends StoreOptions {
  incident: string;
  nowMs?: number;
}

/** @throws InventoryError, StoreError, LookupError, SeveralStoresError */
export async function showIncident(
  place: InventoryPlace,
  options: ShowIncidentOptions,
): Promise<{ found: AnnotatedIncident; text: string }> {
  const { inventory } = await openInventory(place);
  const nowMs = options.nowMs ?? Date.now();
  const store = openIncidents(storePaths(options));
  try {
    const found = findIncident(store, inventory, options.incident).one;
    return { found, text: textOf(found, rowContext(inventory, nowMs).speech, nowMs) };
  } finally {
    store.close();
  }
}

function textOf(
  found: AnnotatedIncident,
  speech: ReturnType<typeof rowContext>["speech"],
  nowMs: number,
): string {
  const { incident, annotations, cause, attributedBy } = found;
  const { format, messages, names } = speech;
  const lengthMs = (incident.endMs ?? nowMs) - incident.startMs;
  const period = (one: { fromMs: number; toMs: number }) =>
    `${format.dateTime(one.fromMs)} – ${format.dateTime(one.toMs)}`;
  const lines = [
    `${names.subject(incident.subject.kind, incident.subject.id)}: ${messages.incidentKinds[incident.kind].toLowerCase()}, ${incident.severity}`,
    `id           ${incident.id}`,
    `began        ${format.dateTime(incident.startMs)}`,
    `ended        ${incident.endMs === undefined ? "runs" : format.dateTime(incident.endMs)} (${format.duration(lengthMs / 1000)})`,
    ...incident.reasons.map((why) => `reason       ${speech.reason(why)}`),
    `impact       ${messages.impacts[incident.impact]}`,
    ...affectedLines(incident, names.agency),
    `cause        ${messages.causes[cause]} (by ${attributedBy === "rule" ? "evidence" : "hand"})`,
    ...incident.cause.evidence.map(
      (one) => `evidence     ${format.dateTime(one.atMs)} ${speech.evidence(one)}`,
    ),
    ...incident.planned.map((one) => `planned      ${period(one)}`),
    ...incident.unknown.map((one) => `not measured ${period(one)}`),
    ...(incident.flapping
      ? [
          `flapping     ${incident.flapping.changes} changes since ${format.dateTime(incident.flapping.sinceMs)}`,
        ]
      : []),
    ...incident.revisions.map(({ atMs, reason }) => `revised      ${format.dateTime(atMs)} ${reason}`),
    ...annotations.map(
      (one) => `${one.kind.padEnd(12)} ${format.dateTime(one.atMs)} ${one.by}${saidIn(one)}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function affectedLines({ affected }: Incident, nameOf: (id: string) => string): string[] {
  const { agencies, devices } = affected;
  if (agencies.length === 0 && devices.length === 0) return [];
  const shown = agencies.slice(0, 8).map(nameOf).join(", ");
  const more = agencies.length > 8 ? ` and ${agencies.length - 8} more` : "";
  return [`affected     ${agencies.length} agencies, ${devices.length} devices: ${shown}${more}`];
}

function saidIn(annotation: AnnotatedIncident["annotations"][number]): string {
  if (annotation.kind === "note") return `: ${annotation.text}`;
  const cause = annotation.kind === "attribution" ? ` ${annotation.cause}` : "";
  return `${cause}${annotation.note === undefined ? "" : `: ${annotation.note}`}`;
}
