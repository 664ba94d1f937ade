/** The SQLite file of a store: made with the right mode and settings, or refused without touching it. */
import { chmodSync, closeSync, existsSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { StoreError, toStoreError } from "./store-error.ts";

/** "pdcs" in `PRAGMA application_id`: tells our files from other SQLite files. */
const APPLICATION_ID = 0x70_64_63_73;
/** Of this code. A store of a newer one is refused; an older one would be migrated here, in one transaction. */
export const SCHEMA_VERSION = 1;
const BUSY_TIMEOUT_MS = 5000;

const schema = `
CREATE TABLE device (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  samples INTEGER NOT NULL,
  oldest_ms INTEGER NOT NULL,
  newest_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE layout (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, body BLOB NOT NULL) STRICT;
CREATE TABLE term (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, crc INTEGER NOT NULL) STRICT;
-- id: five-minute slot << 39 | device << 19 | milliseconds into the slot (sample-key.ts); body: record.ts
CREATE TABLE sample (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
`;

/** Opens an existing store for reading. Writers do not wait for it, nor it for them. */
export function openForReading(path: string): DatabaseSync {
  if (!existsSync(path))
    throw new StoreError(
      "no-store",
      path,
      `there is no sample store at ${path}`,
      "run `pdc poll` first, or name another with --store",
    );
  return opened(path, { readOnly: true }, (database) => checkVersion(database, path));
}

/** Opens a store for writing, making it (0600) when it is not there; its directory is. */
export function openForWriting(path: string): DatabaseSync {
  if (existsSync(path)) openForReadingOfVersion(path);
  else closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  return opened(path, { readOnly: false }, (database) => {
    if (!checkVersion(database, path)) create(database);
    // NORMAL in WAL: a commit survives the death of the process; a power cut may take the last commits, never the file.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    database.exec(
      "PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4000;",
    );
  });
}

/** A newer or foreign file is refused before it is opened for writing: opening alone may change a file. */
function openForReadingOfVersion(path: string): void {
  opened(path, { readOnly: true }, (database) => checkVersion(database, path)).close();
}

function opened(
  path: string,
  options: { readOnly: boolean },
  prepare: (database: DatabaseSync) => void,
): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { ...options, timeout: BUSY_TIMEOUT_MS });
    prepare(database);
    return database;
  } catch (error) {
    database?.close();
    throw toStoreError(error, path);
  }
}

/** @returns whether it is a store already (an empty file is none yet). */
function checkVersion(database: DatabaseSync, path: string): boolean {
  const applicationId = Number(database.prepare("PRAGMA application_id").get()?.application_id);
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  const isEmpty =
    Number(database.prepare("SELECT count(*) AS tables FROM sqlite_master").get()?.tables) === 0;
  if (isEmpty && applicationId === 0) return false;
  if (applicationId !== APPLICATION_ID)
    throw new StoreError(
      "not-a-store",
      path,
      `${path} is a database, but not a sample store`,
      "name another file with --store",
    );
  if (version > SCHEMA_VERSION)
    throw new StoreError(
      "newer-schema",
      path,
      `${path} was written by a newer pdc (schema ${version}, this one knows ${SCHEMA_VERSION}); it was left as it is`,
      "use the newer pdc, or another --store",
    );
  return true;
}

function create(database: DatabaseSync): void {
  // Both can only be set before the first table: pages for rows of some hundred octets, and space that can be given back.
  database.exec("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL;");
  database.exec(
    `BEGIN IMMEDIATE; ${schema} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`,
  );
}
