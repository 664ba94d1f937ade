/** The door of the room. */
import type { DatabaseSync } from "node:sqlite";
import { isCurrent, openForAnnotating, openForReading, openForWriting } from "./database.ts";
import { MergedStore } from "./merged-store.ts";
import type { DamagedRecord } from "./sample-reader.ts";
import { type OpenMode, SqliteStore } from "./sqlite-store.ts";
import { damaged, toStoreError } from "./store-error.ts";
import type { ReadableStore, Store } from "./types.ts";
import { lockForWriting } from "./writer-lock.ts";

/** "SQL error or missing database" (sqlite.org/rescode.html). */
const SQLITE_ERROR = 1;

export interface OpenStoreOptions {
  /**
   * `write` makes the file when there is none, brings an older one up to date and keeps other writers out; `read`
   * never waits and never blocks; `annotate` writes documents beside a writer, in short transactions.
   */
  mode: OpenMode;
  /** Told of every record that could not be read and was passed over. */
  onDamage?: (record: DamagedRecord) => void;
}

/**
 * Opens the store at `path`. Synchronous, as SQLite is.
 * @throws StoreError: no-store, locked (names the writing process), newer-schema, older-schema (annotating beside an
 * older poller), not-a-store, damaged, unusable.
 */
export function openStore(path: string, { mode, onDamage }: OpenStoreOptions): Store {
  const options = { path, mode, onDamage };
  if (mode === "read") return storeOn(openForReading(path), { ...options, release: () => {} });
  if (mode === "annotate") {
    if (!isCurrent(path)) makeCurrent(path);
    return storeOn(openForAnnotating(path), { ...options, release: () => {} });
  }
  const lock = lockForWriting(path);
  try {
    return storeOn(openForWriting(path), { ...options, release: () => lock.release() });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Opens one store or several for reading, as one: those of the pollers that share a province.
 * @throws StoreError as `openStore`; then none stays open.
 */
export function openStores(
  paths: readonly string[],
  options: Omit<OpenStoreOptions, "mode"> = {},
): ReadableStore {
  const stores: Store[] = [];
  try {
    for (const path of paths) stores.push(openStore(path, { ...options, mode: "read" }));
  } catch (error) {
    for (const store of stores) store.close();
    throw error;
  }
  const [only] = stores;
  return only && stores.length === 1 ? only : new MergedStore(stores);
}

function storeOn(database: DatabaseSync, options: ConstructorParameters<typeof SqliteStore>[1]): Store {
  try {
    return new SqliteStore(database, options);
  } catch (error) {
    database.close();
    // Its version is ours, yet a table or column that we know is not there.
    if ((error as { errcode?: unknown }).errcode === SQLITE_ERROR)
      throw damaged(options.path, (error as Error).message, error);
    throw toStoreError(error, options.path);
  }
}

/** Makes the file or brings it up to date, unless a poller is at it: then `openForAnnotating` says so. */
function makeCurrent(path: string): void {
  const lock = lockForWriting(path);
  try {
    openForWriting(path).close();
  } finally {
    lock.release();
  }
}
