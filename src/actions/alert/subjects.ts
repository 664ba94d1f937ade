/** Incidents of the store's journal as alerts need them. */
import type { Incident } from "../../health/incident/types.ts";
import { MaintenancePlan } from "../../health/maintenance-periods.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { AlertSubject } from "../../notify/types.ts";
import type { Journal } from "../../store/history-types.ts";
import { INCIDENT, recordedIncidents } from "../incident/recorded.ts";

/** Every incident that runs; a maintenance window that covers it now keeps it quiet. */
export function runningSubjects(journal: Journal, inventory: Inventory, nowMs: number): AlertSubject[] {
  const plan = new MaintenancePlan(inventory);
  return recordedIncidents(journal, { openOnly: true }).map(({ incident, cause, acknowledged }) => ({
    incident,
    cause,
    acknowledged: acknowledged !== undefined,
    inMaintenance: plan.periods(incident.subject, nowMs, nowMs + 1).length > 0,
  }));
}

/** Those of `ids` that have ended or became part of another, as they stand now. */
export function endedSubjects(journal: Journal, ids: readonly string[]): AlertSubject[] {
  return ids.flatMap((id) => {
    const incident = journal.latest<Incident>(INCIDENT, id)?.body;
    if (!incident || (incident.endMs === undefined && incident.mergedInto === undefined)) return [];
    return [
      { incident, cause: incident.cause.kind, acknowledged: false, inMaintenance: isPlanned(incident) },
    ];
  });
}

/** It ended inside a maintenance window. */
function isPlanned({ planned, endMs, lastSeenMs }: Incident): boolean {
  const last = planned.at(-1);
  return last !== undefined && last.toMs >= (endMs ?? lastSeenMs);
}
