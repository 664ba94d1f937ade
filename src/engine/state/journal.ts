import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { EngineError, integrityError } from "../interface/errors.ts";
import { makePrivateDirectory, readIfPresent, writeError } from "./files.ts";

/**
 * Names a resource of a running operation: `b<i>`, the i-th of the checkpoint that the journal is based on, or
 * `n<i>`, the i-th that the journal added.
 */
export type ResourceRef = string;

/** One change of the state. Resources are encoded as in a checkpoint, with their `aliases` besides. */
export interface JournalEntry {
  /** an operation begins; it stays pending until an entry `ends` it */
  readonly begins?: { readonly operation: number; readonly type: string; readonly resource: unknown };
  readonly ends?: number;
  /** these no longer stand in the list */
  readonly drops?: readonly ResourceRef[];
  /** flags of a resource that stays */
  readonly marks?: readonly {
    readonly ref: ResourceRef;
    readonly delete?: boolean;
    readonly pendingReplacement?: boolean;
    readonly taint?: boolean;
  }[];
  /** added at the end of the list: a resource, or one of before as it was */
  readonly adds?: {
    readonly resource?: unknown;
    readonly as?: ResourceRef;
    readonly aliases?: readonly string[];
  };
  /** takes the place of an earlier one */
  readonly sets?: {
    readonly ref: ResourceRef;
    readonly resource: unknown;
    readonly aliases?: readonly string[];
  };
  /** a dropped resource was found to be gone: references to it go, its children go to its parent */
  readonly vanishes?: { readonly urn: string; readonly parent: string };
  /** pending operations of an earlier run that are dropped */
  readonly forgetsPending?: boolean;
  /** the checkpoint with this digest holds all entries before */
  readonly folds?: string;
}

/** First line of a journal. */
export interface JournalHeader {
  readonly journal: 1;
  readonly stack: string;
  /** SHA-256 of the checkpoint file that the references `b<i>` are about; empty: there was none */
  readonly base: string;
  readonly token: number;
}

export const digestOf = (content: string | Uint8Array | undefined): string =>
  content === undefined ? "" : createHash("sha256").update(content).digest("hex");

function frame(value: unknown): string {
  const text = JSON.stringify(value);
  return `${crc32(text).toString(16).padStart(8, "0")} ${text}\n`;
}

/** Takes the entries of a running operation, in their order. */
export interface JournalWriter {
  /** queues an entry that may be written together with the next durable one */
  note(entry: JournalEntry): void;
  /** resolves when the entry is on the disk; rejects when it could not be written */
  append(entry: JournalEntry): Promise<void>;
}

/**
 * The journal of a running operation, in a file. Entries are written in order; entries that wait while one write is under
 * way share the next one and its fsync.
 */
export class Journal implements JournalWriter {
  private readonly handle: FileHandle;
  private readonly check: () => void;
  private queue: { line: string; resolve?: () => void; reject?: (error: unknown) => void }[] = [];
  private writing: Promise<void> | undefined;
  private failure: unknown;
  private size: number;
  private readonly file: string;

  private constructor(file: string, handle: FileHandle, check: () => void, size: number) {
    this.file = file;
    this.handle = handle;
    this.check = check;
    this.size = size;
  }

  /** @param check is asked before every write whether the lease still holds; throws when not */
  static async create(file: string, header: JournalHeader, check: () => void): Promise<Journal> {
    let handle: FileHandle;
    try {
      makePrivateDirectory(dirname(file));
      const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_APPEND;
      handle = await open(file, flags, 0o600);
    } catch (error) {
      throw writeError(file, error);
    }
    const line = frame(header);
    try {
      await handle.appendFile(line);
      await handle.datasync();
      const directory = await open(dirname(file), constants.O_RDONLY);
      await directory.sync().finally(() => directory.close());
    } catch (error) {
      await handle.close();
      await rm(file, { force: true });
      throw writeError(file, error);
    }
    return new Journal(file, handle, check, Buffer.byteLength(line));
  }

  /** Queues an entry that may be written together with the next durable one. */
  note(entry: JournalEntry): void {
    this.queue.push({ line: frame(entry) });
  }

  /**
   * Writes an entry; when this resolves it is on the disk.
   * @throws EngineError when it could not be written (disk full) or the lease is lost; then nothing later is
   */
  append(entry: JournalEntry): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.queue.push({ line: frame(entry), resolve, reject });
      this.writing ??= this.drain();
    });
  }

  /**
   * Notes that the checkpoint holds everything. Also after an entry could not be written: there may be room for
   * this one, and then what was done last is not lost.
   * @throws EngineError when there is none, or the lease is lost
   */
  async fold(digest: string): Promise<void> {
    if (this.failure instanceof EngineError && this.failure.code !== "state-write") throw this.failure;
    await this.writing;
    this.failure = undefined;
    this.queue = [];
    await this.append({ folds: digest });
  }

  private async drain(): Promise<void> {
    // Entries of the same turn of the event loop share a write.
    await Promise.resolve();
    while (this.queue.length > 0) {
      const batch = this.queue;
      this.queue = [];
      try {
        if (this.failure) throw this.failure;
        await this.write(batch.map((entry) => entry.line).join(""));
        for (const entry of batch) entry.resolve?.();
      } catch (error) {
        this.failure = error;
        for (const entry of batch) entry.reject?.(error);
      }
    }
    this.writing = undefined;
  }

  private async write(text: string): Promise<void> {
    this.check();
    try {
      const data = Buffer.from(text);
      for (let at = 0; at < data.length; ) at += (await this.handle.write(data, at)).bytesWritten;
      await this.handle.datasync();
      this.size += data.length;
    } catch (error) {
      // What was written of the batch is not acknowledged: it must not be found later in front of other entries.
      await this.handle.truncate(this.size).catch(() => {});
      throw writeError(this.file, error);
    }
  }

  async close(): Promise<void> {
    await this.writing;
    await this.handle.close();
  }
}

export interface JournalContent {
  readonly header: JournalHeader;
  readonly entries: readonly JournalEntry[];
  /** octets after the last whole entry: what a crash left half written */
  readonly tornOctets: number;
}

/**
 * Reads a journal. A torn or altered tail is cut: no entry of it was acknowledged (an altered entry in front
 * of whole ones is a damaged file).
 * @returns undefined when there is none, or it has not even a header
 * @throws EngineError (exit 27) when an entry that is not the last is damaged
 */
export async function readJournal(file: string): Promise<JournalContent | undefined> {
  const data = await readIfPresent(file);
  if (data === undefined) return undefined;
  const values: unknown[] = [];
  let at = 0;
  while (at < data.length) {
    const end = data.indexOf(0x0a, at);
    const value = end < 0 ? undefined : parseLine(data.subarray(at, end).toString("utf8"));
    if (value === undefined) break;
    values.push(value);
    at = end + 1;
  }
  const rest = data.subarray(at);
  const restLines = rest.toString("utf8").split("\n").slice(1);
  if (restLines.some((line) => parseLine(line) !== undefined)) {
    throw integrityError(
      `the journal ${file} is damaged at octet ${at}, with intact entries after it`,
      `restore the file from a backup; to go on with what stands before the damage: truncate --size ${at} ${file}`,
    );
  }
  const [header, ...entries] = values;
  if (header === undefined) return undefined;
  if ((header as JournalHeader).journal !== 1)
    throw integrityError(`the journal ${file} is of another version`);
  return { header: header as JournalHeader, entries: entries as JournalEntry[], tornOctets: rest.length };
}

function parseLine(line: string): unknown {
  const text = line.slice(9);
  if (line[8] !== " " || line.slice(0, 8) !== crc32(text).toString(16).padStart(8, "0")) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
