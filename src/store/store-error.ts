/** What can go wrong with a store, told so that a person can act on it. */

/** `same-store` 2 · `locked`, `revised` 25 · `damaged` 27 · `disk-full` 21 (measured, not kept) · the others 22. */
export type StoreErrorCode =
  | "no-store"
  | "not-a-store"
  | "newer-schema"
  | "older-schema"
  | "locked"
  | "damaged"
  | "disk-full"
  | "read-only"
  | "unusable"
  | "revised"
  | "frozen"
  | "same-store";

const exitCodeOf: Readonly<Record<StoreErrorCode, number>> = {
  "no-store": 22,
  "not-a-store": 22,
  "newer-schema": 22,
  "older-schema": 22,
  locked: 25,
  damaged: 27,
  "disk-full": 21,
  "read-only": 22,
  unusable: 22,
  revised: 25,
  frozen: 22,
  "same-store": 2,
};

/** Thrown by `openStore` and the methods of a store. `target` is the store's path. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  readonly exitCode: number;
  readonly target: string;
  readonly fix: string;

  constructor(code: StoreErrorCode, target: string, message: string, fix: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.exitCode = exitCodeOf[code];
    this.target = target;
    this.fix = fix;
  }
}

/** SQLite's primary result codes (sqlite.org/rescode.html) that a person can do something about. */
const SQLITE_ERROR = 1;
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/** SQLite's error as one of ours; anything else, a StoreError too, is given back as it is. */
export function toStoreError(error: unknown, path: string): unknown {
  const resultCode = (error as { errcode?: unknown } | null)?.errcode;
  if (error instanceof StoreError || typeof resultCode !== "number") return error;
  const why = (error as Error).message;
  switch (resultCode & 0xff) {
    case SQLITE_FULL:
      return new StoreError(
        "disk-full",
        path,
        `the disk of ${path} is full`,
        "free some space; the next cycle is kept again",
        error,
      );
    case SQLITE_READONLY:
      return new StoreError(
        "read-only",
        path,
        `${path} cannot be written: ${why}`,
        "check its owner, its mode (0600) and how its file system is mounted",
        error,
      );
    // Our statements are right for our schema: the file's schema, or the format it says it has, is not as it was made.
    case SQLITE_ERROR:
    case SQLITE_CORRUPT:
      return damaged(path, why, error);
    case SQLITE_NOTADB:
      return new StoreError(
        "not-a-store",
        path,
        `${path} is not a sample store`,
        "name another file with --store, or move this one away",
        error,
      );
    case SQLITE_BUSY:
      return new StoreError(
        "locked",
        path,
        `${path} is in use by another program`,
        "wait until it has finished",
        error,
      );
    case SQLITE_IOERR:
      return new StoreError(
        "unusable",
        path,
        `the disk failed under ${path}: ${why}`,
        "look at the kernel's log and the disk's health",
        error,
      );
    case SQLITE_CANTOPEN:
      return new StoreError(
        "unusable",
        path,
        `${path} cannot be opened: ${why}`,
        "check that its directory exists and may be written",
        error,
      );
    default:
      return error;
  }
}

/** A store whose structure is broken; what can be read of it is got out with SQLite's own tool. */
export function damaged(path: string, why: string, cause?: unknown): StoreError {
  return new StoreError(
    "damaged",
    path,
    `${path} is damaged: ${why}`,
    `recover what is readable: sqlite3 ${path} .recover | sqlite3 recovered.db`,
    cause,
  );
}
