/** What the incident engine remembers, in a file beside the store: rewritten whole after each cycle. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { WrittenIncidentState } from "../../health/incident/state.ts";

/** Where the engine of a store remembers. */
export function engineFileOf(storePath: string): string {
  return `${storePath}.incidents.json`;
}

/** What was written, or undefined when there is nothing that can be read: what runs is then known from the journal. */
export function readEngineFile(path: string): WrittenIncidentState | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Whole or not at all, for this user only. */
export function writeEngineFile(path: string, state: WrittenIncidentState): void {
  const temporary = `${path}.${process.pid}.part`;
  writeFileSync(temporary, JSON.stringify(state), { mode: 0o600 });
  renameSync(temporary, path);
}
