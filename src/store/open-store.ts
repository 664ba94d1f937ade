/** The door of the room. */
import { openForReading, openForWriting } from "./database.ts";
import { type DamagedRecord, SqliteSampleStore } from "./sqlite-store.ts";
import type { SampleStore } from "./types.ts";
import { lockForWriting } from "./writer-lock.ts";

export interface OpenStoreOptions {
  /** `write` makes the file when there is none and keeps other writers out; `read` never waits and never blocks. */
  mode: "read" | "write";
  /** Told of every record that could not be read and was passed over. */
  onDamage?: (record: DamagedRecord) => void;
}

/**
 * Opens the sample store at `path`. Synchronous, as SQLite is.
 * @throws StoreError: no-store, locked (names the writing process), newer-schema, not-a-store, damaged, unusable.
 */
export function openStore(path: string, { mode, onDamage }: OpenStoreOptions): SampleStore {
  if (mode === "read")
    return new SqliteSampleStore(openForReading(path), { path, mode, onDamage, release: () => {} });
  const lock = lockForWriting(path);
  try {
    const database = openForWriting(path);
    return new SqliteSampleStore(database, { path, mode, onDamage, release: () => lock.release() });
  } catch (error) {
    lock.release();
    throw error;
  }
}
