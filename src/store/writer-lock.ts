/**
 * One writer per store. The lock is an exclusive SQLite transaction on an empty file beside the store: the kernel
 * drops it when its process dies, however it dies, so there are no stale locks and no guessing about process ids. A
 * second file says who holds it, for people.
 */
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreError, toStoreError } from "./store-error.ts";

export interface WriterLock {
  release(): void;
}

interface Holder {
  pid: number;
  host: string;
  since: string;
}

const SQLITE_BUSY = 5;

/** Makes the directory (0700) when there is none. @throws StoreError `locked`, naming the process that writes. */
export function lockForWriting(path: string): WriterLock {
  const lockPath = `${path}.lock`;
  const holderPath = `${path}.writer`;
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(lockPath, "a", 0o600));
    chmodSync(lockPath, 0o600);
    lock = new DatabaseSync(lockPath, { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock?.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY)
      throw lockedBy(readHolder(holderPath), path, error);
    throw toStoreError(error, path);
  }
  const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  writeFileSync(holderPath, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  return {
    release() {
      rmSync(holderPath, { force: true });
      lock.close();
    },
  };
}

function readHolder(holderPath: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(holderPath, "utf8")) as Holder;
    return Number.isInteger(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function lockedBy(holder: Holder | undefined, path: string, cause: unknown): StoreError {
  const who = holder ? `process ${holder.pid} on ${holder.host}, since ${holder.since}` : "another process";
  return new StoreError(
    "locked",
    path,
    `${path} is being written by ${who}`,
    holder
      ? `stop that poller first (kill ${holder.pid}), or give this one its own --store`
      : "stop that poller first, or give this one its own --store",
    cause,
  );
}
