/** What people say of an incident is recorded beside it, while the poller goes on. */
import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import type { AnnotatedIncident } from "../../health/incident/people.ts";
import type { Annotation } from "../../health/incident/types.ts";
import { loadInventory } from "../../inventory/load.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/types.ts";
import { type InventoryPlace, UsageError } from "../inventory/open.ts";
import { type StoreOptions, storePaths } from "../store/paths.ts";
import { findIncident } from "./find.ts";
import { openIncidents } from "./open-province.ts";
import { ANNOTATION } from "./recorded.ts";

/** Longer notes belong into a ticket. */
const LONGEST_NOTE = 2000;

export interface AnnotateOptions extends StoreOptions {
  incident: string;
  inventory: InventoryPlace;
  /** Who says so; default the user of the process. */
  by?: string | undefined;
  nowMs?: number;
}

type Said<A> = A extends Annotation ? Omit<A, "incident" | "atMs" | "by"> : never;

/**
 * Records it in the store that holds the incident; where pollers that share the province each hold a part, in each of
 * theirs, since each decides by its own store whom it tells.
 * @throws LookupError, UsageError, SeveralStoresError (2), InventoryError, StoreError
 */
export async function annotateIncident(
  options: AnnotateOptions,
  said: Said<Annotation>,
): Promise<AnnotatedIncident> {
  const by = options.by ?? userInfo().username;
  const text = "text" in said ? said.text : said.note;
  if (by.trim() === "" || by.length > 100) throw new UsageError("--by: a name of at most 100 characters");
  if (text !== undefined && (text.trim() === "" || text.length > LONGEST_NOTE))
    throw new UsageError(`a note has from 1 to ${LONGEST_NOTE} characters`);
  const { directory, cacheDirectory } = options.inventory;
  const inventory = await loadInventory(directory, { ...(cacheDirectory && { cacheDirectory }) });
  const paths = storePaths(options);
  const all = openIncidents(paths);
  const writable = new Map<number, Store>();
  try {
    const { one, parts } = findIncident(all, inventory, options.incident);
    // All of them are open before the first is written to.
    for (const { store } of parts)
      if (!writable.has(store)) writable.set(store, openStore(paths[store]!, { mode: "annotate" }));
    const atMs = options.nowMs ?? Date.now();
    const { subject } = one.incident;
    for (const { store, id } of parts)
      record(writable.get(store)!, { ...said, incident: id, atMs, by } as Annotation, subject);
    return findIncident(all, inventory, one.incident.id).one;
  } finally {
    for (const store of writable.values()) store.close();
    all.close();
  }
}

function record(
  { journal }: Store,
  annotation: Annotation,
  subject: AnnotatedIncident["incident"]["subject"],
): void {
  const { incident, atMs } = annotation;
  journal.append({
    kind: ANNOTATION,
    // Two people at once write two documents.
    id: `${incident}/${atMs.toString(36)}-${randomBytes(3).toString("hex")}`,
    subject: `${subject.kind}/${subject.id}`,
    openedMs: atMs,
    closedMs: atMs,
    body: annotation,
    writtenMs: atMs,
  });
}
