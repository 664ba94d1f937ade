/** The door of the room. */
import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { isCurrent, openForAnnotating, openForReading, openForWriting } from "./database.ts";
import type { StateUnion } from "./merged-spans.ts";
import { MergedStore } from "./merged-store.ts";
import type { DamagedRecord } from "./sample-reader.ts";
import { type OpenMode, SqliteStore } from "./sqlite-store.ts";
import { damaged, StoreError, toStoreError } from "./store-error.ts";
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
 * Opens one store or several for reading, as one: those of the pollers that share a province. `union` says what stands
 * of a subject of which several know something: each poller sees only the ends that it polls.
 * @throws StoreError as `openStore`, or `same-store`; then none stays open.
 */
export function openStores(
  paths: readonly string[],
  { union, ...options }: Omit<OpenStoreOptions, "mode"> & { union: StateUnion },
): ReadableStore {
  refuseTwice(paths);
  const stores: Store[] = [];
  try {
    for (const path of paths) stores.push(openStore(path, { ...options, mode: "read" }));
  } catch (error) {
    for (const store of stores) store.close();
    throw error;
  }
  const [only] = stores;
  return only && stores.length === 1 ? only : new MergedStore(stores, union);
}

/** One file under two names would count everything twice. */
function refuseTwice(paths: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) continue;
    const key = `${found.dev}/${found.ino}`;
    const other = seen.get(key);
    if (other !== undefined)
      throw new StoreError(
        "same-store",
        path,
        other === path ? `${path} is named twice` : `${path} and ${other} are the same file`,
        "name each poller's store once",
      );
    seen.set(key, path);
  }
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
