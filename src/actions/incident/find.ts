/** One incident by what a person types: its id, the beginning of it, or what it is about while only one runs. */

import type { Incident } from "../../health/incident/types.ts";
import type { UnitedIncident } from "../../health/incident/union.ts";
import { LookupError } from "../../inventory/lookup.ts";
import type { Inventory } from "../../inventory/model.ts";
import { didYouMean } from "../../inventory/near-match.ts";
import type { ReadableStore } from "../../store/types.ts";
import { INCIDENT, provinceIncidents } from "./recorded.ts";

/** Parts of one incident that different pollers saw begin so far from each other at most. */
const LONGEST_APART_MS = 3_600_000;

/** Under the id that any of its parts has. @throws LookupError (2) when none or several fit */
export function findIncident(
  store: Pick<ReadableStore, "journal" | "parts">,
  inventory: Inventory,
  text: string,
): UnitedIncident {
  const exact = store.journal.latest<Incident>(INCIDENT, text)?.body;
  if (exact) {
    // What was merged into another is told there.
    if (exact.mergedInto !== undefined) return findIncident(store, inventory, exact.mergedInto);
    return provinceIncidents(store, inventory, {
      fromMs: exact.startMs - LONGEST_APART_MS,
      toMs: (exact.endMs ?? exact.startMs) + LONGEST_APART_MS,
    }).find(({ parts }) => parts.some(({ id }) => id === text))!;
  }
  const all = provinceIncidents(store, inventory);
  const starting = all.filter(({ parts }) => parts.some(({ id }) => id.startsWith(text)));
  const isAbout = ({ one: { incident } }: UnitedIncident) => incident.subject.id === text;
  const running = all.filter((found) => isAbout(found) && found.one.incident.endMs === undefined);
  const found = starting.length > 0 ? starting : running;
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw new LookupError(
      "ambiguous-incident",
      `"${text}" means several incidents: ${found
        .slice(0, 5)
        .map(({ one }) => one.incident.id)
        .join(", ")}`,
      "give more of its id",
    );
  const ended = all.findLast(isAbout);
  if (ended)
    throw new LookupError(
      "ended-incident",
      `no incident of "${text}" runs`,
      `the last one was ${ended.one.incident.id}; \`pdc incident list --all\` lists them`,
    );
  const names = all.flatMap(({ one: { incident } }) => [incident.subject.id, incident.id]);
  throw new LookupError(
    "unknown-incident",
    `there is no incident "${text}"`,
    didYouMean(text, names) ?? "`pdc incident list` lists them",
  );
}
