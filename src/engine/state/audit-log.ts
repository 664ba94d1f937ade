import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { EngineError, messageOf } from "../interface/errors.ts";
import {
  type AuditEntry,
  type AuditRecord,
  CHAIN_START,
  parseHead,
  parseRecord,
  sha256Of,
} from "./audit-record.ts";
import { makePrivateDirectory } from "./files.ts";
import { fullStackName, type StackPaths } from "./layout.ts";
import { ownIdentity } from "./process-identity.ts";

/** How long a writer waits for another one; an append takes milliseconds. */
const LOCK_WAIT_MS = 10_000;
/** Longer than any record, so that the last one is found in the last octets of the file. */
const TAIL_OCTETS = 64 * 1024;
const DETAIL_CHARACTERS = 500;
/** "Database or disk is full" (sqlite.org/rescode.html). */
const SQLITE_FULL = 13;

/**
 * The append-only audit log of a stack: a JSON line a record, each with the SHA-256 of the line before it. An append
 * is one synchronous write and fsync under a lock that the kernel drops with its process, so that writers of this and
 * of other processes follow one another.
 */
export class AuditLog {
  private readonly paths: StackPaths;
  private readonly version: string;

  /** @param version of pdc */
  constructor(paths: StackPaths, version: string) {
    this.paths = paths;
    this.version = version;
  }

  /**
   * Adds a record; when this returns it is on the disk.
   * @returns its sequence
   * @throws EngineError (exit 22) when it could not be written; then it is not in the log
   */
  append(entry: AuditEntry): number {
    const file = this.paths.audit;
    try {
      makePrivateDirectory(dirname(file));
      return this.locked(() => this.appendLocked(file, entry));
    } catch (error) {
      if (error instanceof EngineError) throw error;
      const { code, errcode } = error as NodeJS.ErrnoException & { errcode?: number };
      const full = code === "ENOSPC" || code === "EDQUOT" || errcode === SQLITE_FULL;
      throw new EngineError(
        "audit-write",
        22,
        `the audit log ${file} could not be written: ${full ? "no space left on the disk" : messageOf(error)}`,
        full ? "free some space" : "see that the directory can be written and that its file system has room",
      );
    }
  }

  private locked<T>(action: () => T): T {
    // SQLite's file lock: it waits, and a killed process does not leave it behind. Nothing is ever stored in the file.
    closeSync(openSync(this.paths.auditLock, "a", 0o600));
    const lock = new DatabaseSync(this.paths.auditLock, { timeout: LOCK_WAIT_MS });
    try {
      lock.exec("BEGIN EXCLUSIVE");
      return action();
    } finally {
      lock.close();
    }
  }

  private appendLocked(file: string, entry: AuditEntry): number {
    const isNew = !existsSync(file);
    const descriptor = openSync(file, "a+", 0o600);
    try {
      const { size } = fstatSync(descriptor);
      const tail = readTail(descriptor, size);
      const head = readHead(this.paths.auditHead);
      let sequence = Math.max(tail.sequence, head?.sequence ?? 0) + 1;
      let previous = tail.line === undefined ? CHAIN_START : sha256Of(tail.line);
      let text = "";
      if (tail.tornOctets > 0) {
        // What a crash left half written stays, closed and named: nothing is ever taken out of the log.
        const repair = this.record(
          { operation: "log-repair", phase: "end", result: "succeeded", tornOctets: tail.tornOctets },
          sequence++,
          previous,
        );
        text = `\n${repair}\n`;
        previous = sha256Of(repair);
      }
      const line = this.record(entry, sequence, previous);
      write(descriptor, size, `${text}${line}\n`);
      if (isNew) syncDirectory(dirname(file));
      replace(this.paths.auditHead, JSON.stringify({ sequence, sha256: sha256Of(line) }));
      return sequence;
    } finally {
      closeSync(descriptor);
    }
  }

  private record(entry: AuditEntry, sequence: number, previous: string): string {
    const { pid, username, hostname } = ownIdentity();
    const { operation, phase, detail, ...rest } = entry;
    return JSON.stringify({
      sequence,
      time: new Date().toISOString(),
      user: username,
      host: hostname,
      pid,
      version: this.version,
      stack: fullStackName(this.paths.name),
      operation,
      phase,
      ...rest,
      ...(detail === undefined ? {} : { detail: detail.slice(0, DETAIL_CHARACTERS) }),
      previous,
    } satisfies AuditRecord);
  }
}

interface Tail {
  /** of the last whole record */
  readonly sequence: number;
  /** the last line, whole or torn; undefined in an empty log */
  readonly line: Buffer | undefined;
  /** of the last line when its line feed is missing */
  readonly tornOctets: number;
}

function readTail(descriptor: number, size: number): Tail {
  const data = Buffer.alloc(Math.min(size, TAIL_OCTETS));
  readSync(descriptor, data, 0, data.length, size - data.length);
  if (data.length === 0) return { sequence: 0, line: undefined, tornOctets: 0 };
  const end = data.lastIndexOf(0x0a);
  const torn = data.subarray(end + 1);
  let sequence = 0;
  // Of records that somebody altered the next one is found by the head, or by those before.
  for (let at = end; at >= 0 && sequence === 0; ) {
    const start = at === 0 ? 0 : data.lastIndexOf(0x0a, at - 1) + 1;
    sequence = parseRecord(data.subarray(start, at).toString("utf8"))?.sequence ?? 0;
    at = start - 1;
  }
  const last = data.subarray(end <= 0 ? 0 : data.lastIndexOf(0x0a, end - 1) + 1, Math.max(end, 0));
  return { sequence, line: torn.length > 0 ? torn : last, tornOctets: torn.length };
}

function readHead(file: string) {
  try {
    return parseHead(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function write(descriptor: number, size: number, text: string): void {
  const data = Buffer.from(text);
  try {
    for (let at = 0; at < data.length; ) at += writeSync(descriptor, data, at);
    fsyncSync(descriptor);
  } catch (error) {
    // It is refused: it must not stand there half.
    ftruncateSync(descriptor, size);
    throw error;
  }
}

function replace(file: string, text: string): void {
  const descriptor = openSync(`${file}.tmp`, "w", 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${file}.tmp`, file);
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
