/** The embedded sample store: a SQLite file with one compact record per sample. */
import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { DeviceSample } from "../samples/types.ts";
import { MalformedRecordError } from "./bytes.ts";
import { LayoutCatalog } from "./layout-catalog.ts";
import { openRecord, readRecord } from "./record.ts";
import { deviceKeys, keySeed, SLOT_MS, slotKey, slotOf, slotOfKey, timeOfKey } from "./sample-key.ts";
import { SampleWriter } from "./sample-writer.ts";
import { damaged, toStoreError } from "./store-error.ts";
import { createTerms } from "./terms.ts";
import type { SampleQuery, SampleStore, StoreStatus } from "./types.ts";

/** A record that could not be read and was passed over. */
export interface DamagedRecord {
  device: string;
  atMs: number;
  why: string;
}

interface DeviceRow {
  id: number;
  name: string;
  samples: number;
  oldest_ms: number;
  newest_ms: number;
}

interface SampleRow {
  id: bigint;
  /** Octets; whatever else it is on a damaged page. */
  body: unknown;
}

/** The files of a store on disk: the database, its write-ahead log and the log's index. */
const fileSuffixes = ["", "-wal", "-shm"] as const;

export class SqliteSampleStore implements SampleStore {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #layouts: LayoutCatalog;
  readonly #terms;
  readonly #writer: SampleWriter | undefined;
  readonly #selectRows;
  readonly #onDamage: (record: DamagedRecord) => void;
  readonly #release: () => void;
  #damaged = 0;

  constructor(
    database: DatabaseSync,
    options: {
      path: string;
      mode: "read" | "write";
      onDamage?: ((record: DamagedRecord) => void) | undefined;
      release: () => void;
    },
  ) {
    this.#path = options.path;
    this.#database = database;
    this.#layouts = new LayoutCatalog(database, options.mode === "write");
    this.#terms = createTerms(database);
    this.#writer =
      options.mode === "write" ? new SampleWriter(database, this.#layouts, this.#terms) : undefined;
    this.#selectRows = database.prepare("SELECT id, body FROM sample WHERE id BETWEEN ? AND ? ORDER BY id");
    this.#selectRows.setReadBigInts(true);
    this.#onDamage = options.onDamage ?? (() => {});
    this.#release = options.release;
  }

  append(samples: readonly DeviceSample[]): void {
    if (!this.#writer) throw new TypeError("a store opened for reading cannot be appended to");
    const writer = this.#writer;
    if (samples.length > 0) this.#guard(() => writer.append(samples));
  }

  last(
    count: number,
    query: { devices?: readonly string[]; untilMs?: number } = {},
  ): Map<string, DeviceSample[]> {
    return this.#guard(() => {
      const latest = new Map<string, DeviceSample[]>();
      for (const device of this.#devices(query.devices)) {
        const samples = this.#lastOf(device, count, query.untilMs ?? Date.now());
        if (samples.length > 0) latest.set(device.name, samples);
      }
      return latest;
    });
  }

  *range(query: SampleQuery): Generator<DeviceSample> {
    const slots = this.#guard(() => this.#slotsBetween(query.fromMs, query.toMs));
    for (const device of this.#guard(() => this.#devices(query.devices))) {
      for (const slot of slots) {
        // Read slot by slot: a statement left open while the caller works would keep the log from being folded in.
        const rows = this.#guard(() => this.#rowsOf(slot, device.id));
        for (const row of rows) {
          const atMs = timeOfKey(row.id);
          if (atMs < query.fromMs || atMs >= query.toMs) continue;
          const sample = this.#guard(() => this.#read(device, row));
          if (sample) yield sample;
        }
      }
    }
  }

  status(): StoreStatus {
    return this.#guard(() => {
      const totals = this.#database
        .prepare(
          "SELECT count(*) AS devices, total(samples) AS samples, min(oldest_ms) AS oldest, max(newest_ms) AS newest FROM device",
        )
        .get() as { devices: number; samples: number; oldest: number | null; newest: number | null };
      return {
        path: this.#path,
        sizeOctets: fileSuffixes.reduce(
          (size, suffix) => size + (statSync(this.#path + suffix, { throwIfNoEntry: false })?.size ?? 0),
          0,
        ),
        devices: totals.devices,
        samples: totals.samples,
        ...(totals.oldest !== null && { oldestMs: totals.oldest }),
        ...(totals.newest !== null && { newestMs: totals.newest }),
        damagedRecords: this.#damaged,
      };
    });
  }

  close(): void {
    if (!this.#database.isOpen) return;
    this.#database.close();
    this.#release();
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toStoreError(error, this.#path);
    }
  }

  #devices(names: readonly string[] | undefined): DeviceRow[] {
    const select = this.#database.prepare("SELECT * FROM device WHERE name = ?");
    const rows = names
      ? [...new Set(names)].map((name) => select.get(name)).filter((row) => row !== undefined)
      : this.#database.prepare("SELECT * FROM device ORDER BY name").all();
    for (const { name, oldest_ms, newest_ms } of rows) {
      if (typeof name !== "string" || typeof oldest_ms !== "number" || typeof newest_ms !== "number")
        throw damaged(this.#path, "its list of devices cannot be read");
    }
    return rows as unknown as DeviceRow[];
  }

  #lastOf(device: DeviceRow, count: number, untilMs: number): DeviceSample[] {
    const found: DeviceSample[] = [];
    const oldestSlot = slotOf(device.oldest_ms);
    for (
      let slot = slotOf(Math.min(untilMs, device.newest_ms));
      slot >= oldestSlot && found.length < count;
      slot -= 1
    ) {
      const rows = this.#rowsOf(slot, device.id);
      if (rows.length === 0) slot = this.#slotWithSamplesUpTo(slot);
      for (let at = rows.length - 1; at >= 0 && found.length < count; at -= 1) {
        const row = rows[at] as SampleRow;
        const sample = timeOfKey(row.id) <= untilMs ? this.#read(device, row) : undefined;
        if (sample) found.push(sample);
      }
    }
    return found.reverse();
  }

  #rowsOf(slot: number, device: number): SampleRow[] {
    const { first, last } = deviceKeys(slot, device);
    return this.#selectRows.all(first, last) as unknown as SampleRow[];
  }

  /** The nearest slot at or below one that holds a sample of any device, +1; skips the times when nothing was polled. */
  #slotWithSamplesUpTo(slot: number): number {
    const select = this.#database.prepare("SELECT max(id) AS id FROM sample WHERE id < ?");
    select.setReadBigInts(true);
    const id = select.get(slotKey(slot))?.id as bigint | null | undefined;
    return typeof id === "bigint" ? slotOfKey(id) + 1 : 0;
  }

  #slotsBetween(fromMs: number, toMs: number): number[] {
    const slots: number[] = [];
    const next = this.#database.prepare("SELECT min(id) AS id FROM sample WHERE id >= ?");
    next.setReadBigInts(true);
    for (let slot = slotOf(fromMs); slot * SLOT_MS < toMs; slot += 1) {
      const id = next.get(slotKey(slot))?.id as bigint | null | undefined;
      if (typeof id !== "bigint") break;
      slot = slotOfKey(id);
      if (slot * SLOT_MS < toMs) slots.push(slot);
    }
    return slots;
  }

  #read(device: DeviceRow, row: SampleRow): DeviceSample | undefined {
    const atMs = timeOfKey(row.id);
    try {
      const { reader, layoutId } = openRecord(row.body, keySeed(device.name, row.id));
      return readRecord(reader, device.name, atMs, this.#layouts.byId(layoutId), this.#terms);
    } catch (error) {
      if (!(error instanceof MalformedRecordError)) throw error;
      this.#damaged += 1;
      this.#onDamage({ device: device.name, atMs, why: error.message });
      return undefined;
    }
  }
}
