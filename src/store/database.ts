/** The SQLite file of a store: made with the right mode and settings, or refused without touching it. */
import { accessSync, chmodSync, closeSync, constants, existsSync, openSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { migrationFrom, SCHEMA_VERSION, standInsFor } from "./schema.ts";
import { damaged, StoreError, toStoreError } from "./store-error.ts";

/** "pdcs" in `PRAGMA application_id`: tells our files from other SQLite files. */
const APPLICATION_ID = 0x70_64_63_73;
const BUSY_TIMEOUT_MS = 5000;

/** Opens an existing store for reading. Writers do not wait for it, nor it for them. */
export function openForReading(path: string): DatabaseSync {
  if (!existsSync(path))
    throw new StoreError(
      "no-store",
      path,
      `there is no sample store at ${path}`,
      "run `pdc poll` first, or name another with --store",
    );
  return opened(path, { readOnly: true }, (database) => {
    const version = checkVersion(database, path);
    if (version < SCHEMA_VERSION) database.exec(`PRAGMA temp_store = MEMORY; ${standInsFor(version)}`);
  });
}

/**
 * Opens a store of this code's schema for short writes beside a poller; its file is there (`openForWriting` made it).
 * @throws StoreError `older-schema` when a poller of an older pdc holds it.
 */
export function openForAnnotating(path: string): DatabaseSync {
  return opened(path, { readOnly: false }, (database) => {
    if (checkVersion(database, path) < SCHEMA_VERSION)
      throw new StoreError(
        "older-schema",
        path,
        `${path} has the schema of an older pdc, whose poller still writes to it`,
        "restart the poller with this pdc; it brings the store up to date",
      );
    database.exec("PRAGMA synchronous = NORMAL;");
  });
}

/** Whether there is a store of this code's schema at `path`. */
export function isCurrent(path: string): boolean {
  if (!existsSync(path)) return false;
  let version = 0;
  opened(path, { readOnly: true }, (database) => {
    version = checkVersion(database, path);
  }).close();
  return version === SCHEMA_VERSION;
}

/**
 * Opens a store for writing, making it (0600) when it is not there; its directory is. An older one is brought to this
 * code's schema in one transaction: after a crash it is the old one or the new one.
 */
export function openForWriting(path: string): DatabaseSync {
  if (existsSync(path)) openForReadingOfVersion(path);
  else closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  return opened(path, { readOnly: false }, (database) => {
    const version = checkVersion(database, path);
    if (version === 0) create(database);
    if (version > 0 && version < SCHEMA_VERSION) migrate(database, version);
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
  // SQLite would tell of a failing disk.
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new StoreError(
      "not-a-store",
      path,
      `${path} is a directory`,
      `name the file in it, ${join(path, "samples.db")}, say`,
    );
  try {
    const place = options.readOnly && isAtRest(path) ? atRest(path) : path;
    database = new DatabaseSync(place, { ...options, timeout: BUSY_TIMEOUT_MS });
    prepare(database);
    return database;
  } catch (error) {
    database?.close();
    throw toStoreError(error, path);
  }
}

/**
 * Whether it lies where nothing can be written (a backup mounted read-only, a snapshot) and nothing is left in a log
 * beside it: SQLite's readers want to make files of their own there, unless they are told that nobody writes.
 */
function isAtRest(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK);
    return false;
  } catch (error) {
    if (!["EROFS", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
  }
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (!log) return true;
  // A poller that writes into it shares its memory with readers; without that the log would be passed over in silence.
  if (log.size > 0 && !existsSync(`${path}-shm`))
    throw new StoreError(
      "unusable",
      path,
      `${path} lies where nothing can be written, with commits in ${path}-wal that are not in it yet`,
      `copy both files to where you may write, and name the copy with --store`,
    );
  return log.size === 0;
}

/** sqlite.org/uri.html: no locks, no log, nothing made beside the file. */
function atRest(path: string): URL {
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  return url;
}

/** @returns its schema; 0 when it is an empty file yet. */
function checkVersion(database: DatabaseSync, path: string): number {
  const applicationId = Number(database.prepare("PRAGMA application_id").get()?.application_id);
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  const isEmpty =
    Number(database.prepare("SELECT count(*) AS tables FROM sqlite_master").get()?.tables) === 0;
  if (isEmpty && applicationId === 0) return 0;
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
  if (version < 1) throw damaged(path, "it does not say its schema");
  return version;
}

function create(database: DatabaseSync): void {
  // Both can only be set before the first table: pages for rows of some hundred octets, and space that can be given back.
  database.exec("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL;");
  migrate(database, 0);
}

function migrate(database: DatabaseSync, version: number): void {
  database.exec(
    `BEGIN IMMEDIATE; ${migrationFrom(version)} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`,
  );
}
