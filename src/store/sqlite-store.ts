/** The embedded store: a SQLite file with samples, rollups, states over time and documents. */
import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { DeviceSample } from "../samples/types.ts";
import { type CheckReport, checkStore } from "./check.ts";
import { type CompactionOptions, type CompactionStep, compactionSteps } from "./compaction.ts";
import type { Journal, Rollups, StateHistory } from "./history-types.ts";
import { SqliteJournal } from "./journal.ts";
import { LayoutCatalog } from "./layout-catalog.ts";
import { Outbox, outboxStatus } from "./outbox.ts";
import { HOUR_MS } from "./packed-hour.ts";
import { Progress } from "./progress.ts";
import { RollupReader } from "./rollup-reader.ts";
import { type DamagedRecord, type DeviceRow, SampleReader } from "./sample-reader.ts";
import { SampleWriter } from "./sample-writer.ts";
import { SpanHistory } from "./span-history.ts";
import { toStoreError } from "./store-error.ts";
import type { StoreParts } from "./store-parts.ts";
import { createTerms } from "./terms.ts";
import { Transactions } from "./transactions.ts";
import type { RecentSample, SampleQuery, Store, StoreStatus } from "./types.ts";

/** The files of a store on disk: the database, its write-ahead log and the log's index. */
const fileSuffixes = ["", "-wal", "-shm"] as const;

export type OpenMode = "read" | "write" | "annotate";

export class SqliteStore implements Store {
  readonly history: StateHistory;
  readonly journal: Journal;
  readonly rollups: Rollups;
  readonly path: string;
  readonly #parts: StoreParts;
  readonly #sqliteJournal: SqliteJournal;
  readonly #mode: OpenMode;
  readonly #release: () => void;
  #outbox: Outbox | undefined;
  #damaged = 0;

  constructor(
    database: DatabaseSync,
    options: {
      path: string;
      mode: OpenMode;
      onDamage?: ((record: DamagedRecord) => void) | undefined;
      release: () => void;
    },
  ) {
    const { path, mode } = options;
    this.path = path;
    this.#mode = mode;
    this.#release = options.release;
    const onDamage = (record: DamagedRecord) => {
      this.#damaged += 1;
      options.onDamage?.(record);
    };
    const transactions = new Transactions(database);
    const layouts = new LayoutCatalog(database, mode === "write");
    const terms = createTerms(database);
    transactions.onRollback(() => terms.forget());
    const progress = new Progress(database);
    const reader = new SampleReader({ database, path, layouts, terms, onDamage });
    const isPacked = (id: number, { device, atMs }: DeviceSample) =>
      reader.packedAt({ id, name: device } as DeviceRow, atMs) !== undefined;
    const writer = new SampleWriter({ database, transactions, layouts, terms, progress, isPacked });
    this.#parts = { database, path, transactions, layouts, terms, progress, reader, writer };
    this.#sqliteJournal = new SqliteJournal(database, transactions, path);
    const guarded = <Part extends object>(part: Part) => guardedMethods(part, (work) => this.#guard(work));
    this.journal = guarded(this.#sqliteJournal);
    this.history = guarded(
      new SpanHistory({
        database,
        terms,
        transactions,
        progress,
        mayRecord: mode === "write",
        onDamage: ({ subject, fromMs, why }) => onDamage({ device: subject, atMs: fromMs, why }),
      }),
    );
    this.rollups = guarded(
      new RollupReader({
        database,
        terms,
        progress,
        onDamage: ({ component, hour, why }) =>
          onDamage({ device: component.device, atMs: hour * HOUR_MS, why }),
      }),
    );
  }

  append(samples: readonly DeviceSample[]): void {
    const { writer, transactions } = this.#writable("appended to");
    if (samples.length === 0) return;
    this.#guard(() =>
      transactions.run(() => {
        const { keys } = writer.append(samples);
        this.#outbox?.add(keys);
      }),
    );
  }

  last(
    count: number,
    query: { devices?: readonly string[]; untilMs?: number } = {},
  ): Map<string, DeviceSample[]> {
    return this.#guard(() => {
      const latest = new Map<string, DeviceSample[]>();
      for (const device of this.#parts.reader.devices(query.devices)) {
        const samples = this.#parts.reader.lastOf(device, count, query.untilMs ?? Date.now());
        if (samples.length > 0) latest.set(device.name, samples);
      }
      return latest;
    });
  }

  recent(device: string, count: number, untilMs: number): readonly RecentSample[] {
    return this.#guard(
      () =>
        this.#parts.writer.last(device, count, untilMs) ??
        this.last(count, { devices: [device], untilMs }).get(device) ??
        [],
    );
  }

  range(query: SampleQuery): Iterable<DeviceSample> {
    return this.#parts.reader.range(query, (work) => this.#guard(work));
  }

  transaction<Result>(work: () => Result): Result {
    return this.#guard(() => this.#parts.transactions.run(work));
  }

  *compaction(options: CompactionOptions): Generator<CompactionStep> {
    const steps = compactionSteps(this.#writable("compacted"), options);
    for (;;) {
      const next = this.#guard(() => steps.next());
      if (next.done) return;
      yield next.value;
    }
  }

  outbox(destinations: readonly string[], limit?: number): Outbox {
    const parts = this.#writable("sent on");
    this.#outbox = this.#guard(() => new Outbox(parts, destinations, limit));
    return this.#outbox;
  }

  check(): CheckReport {
    return this.#guard(() => checkStore(this.#parts, this.#sqliteJournal));
  }

  status(): StoreStatus {
    const { database, path, progress } = this.#parts;
    return this.#guard(() => {
      const totals = database
        .prepare(
          "SELECT count(*) AS devices, total(samples) AS samples, min(oldest_ms) AS oldest, max(newest_ms) AS newest FROM device WHERE samples > 0",
        )
        .get() as { devices: number; samples: number; oldest: number | null; newest: number | null };
      return {
        path,
        sizeOctets: fileSuffixes.reduce(
          (size, suffix) => size + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0),
          0,
        ),
        devices: totals.devices,
        samples: totals.samples,
        ...(totals.oldest !== null && { oldestMs: totals.oldest }),
        ...(totals.newest !== null && { newestMs: totals.newest }),
        damagedRecords: this.#damaged,
        lateSamples: progress.get("late-samples"),
        lateStates: progress.get("late-states"),
        rolledUpUntilMs: this.rollups.completeUntilMs(),
        lastCompactionMs: progress.get("last-compaction-ms"),
        documents: Number(database.prepare("SELECT count(*) AS n FROM document").get()?.n),
        outbox: outboxStatus(database),
      };
    });
  }

  close(): void {
    if (!this.#parts.database.isOpen) return;
    this.#parts.database.close();
    this.#release();
  }

  #writable(what: string): StoreParts {
    if (this.#mode !== "write")
      throw new TypeError(`a store opened with mode "${this.#mode}" cannot be ${what}`);
    return this.#parts;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, this.#parts.path);
    }
  }
}

/** A part of the store whose methods tell SQLite's errors as ours; what a method iterates over too. */
function guardedMethods<Part extends object>(part: Part, guard: <T>(work: () => T) => T): Part {
  return new Proxy(part, {
    get(target, name) {
      const method = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      return (...given: unknown[]) => {
        const result = guard(() => method.apply(target, given));
        return isGenerator(result) ? guardedGenerator(result, guard) : result;
      };
    },
  });
}

function isGenerator(value: unknown): value is Generator<unknown> {
  return typeof value === "object" && value !== null && "next" in value && Symbol.iterator in value;
}

function* guardedGenerator(steps: Generator<unknown>, guard: <T>(work: () => T) => T): Generator<unknown> {
  for (;;) {
    const next = guard(() => steps.next());
    if (next.done) return;
    yield next.value;
  }
}
