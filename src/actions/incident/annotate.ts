/** What people say of an incident is recorded beside it, while the poller goes on. */
import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import type { AnnotatedIncident } from "../../health/incident/people.ts";
import type { Annotation } from "../../health/incident/types.ts";
import { defaultStorePath } from "../../store/default-path.ts";
import { openStore } from "../../store/open-store.ts";
import { UsageError } from "../inventory/open.ts";
import { findIncident } from "./find.ts";
import { ANNOTATION } from "./recorded.ts";

/** Longer notes belong into a ticket. */
const LONGEST_NOTE = 2000;

export interface AnnotateOptions {
  incident: string;
  stateDirectory: string;
  store?: string | undefined;
  /** Who says so; default the user of the process. */
  by?: string | undefined;
  nowMs?: number;
}

type Said<A> = A extends Annotation ? Omit<A, "incident" | "atMs" | "by"> : never;

/** Records it. @throws LookupError, UsageError (2), StoreError */
export function annotateIncident(options: AnnotateOptions, said: Said<Annotation>): AnnotatedIncident {
  const by = options.by ?? userInfo().username;
  const text = "text" in said ? said.text : said.note;
  if (by.trim() === "" || by.length > 100) throw new UsageError("--by: a name of at most 100 characters");
  if (text !== undefined && (text.trim() === "" || text.length > LONGEST_NOTE))
    throw new UsageError(`a note has from 1 to ${LONGEST_NOTE} characters`);
  const store = openStore(options.store ?? defaultStorePath(options.stateDirectory), { mode: "annotate" });
  try {
    const { incident } = findIncident(store.journal, options.incident);
    const atMs = options.nowMs ?? Date.now();
    const annotation = { ...said, incident: incident.id, atMs, by } as Annotation;
    store.journal.append({
      kind: ANNOTATION,
      // Two people at once write two documents.
      id: `${incident.id}/${atMs.toString(36)}-${randomBytes(3).toString("hex")}`,
      subject: `${incident.subject.kind}/${incident.subject.id}`,
      openedMs: atMs,
      closedMs: atMs,
      body: annotation,
      writtenMs: atMs,
    });
    return findIncident(store.journal, incident.id);
  } finally {
    store.close();
  }
}
