/** Reading samples: rows of the last hours and packed hours before them, as one. */
import type { DatabaseSync } from "node:sqlite";
import type { DeviceSample } from "../samples/types.ts";
import { MalformedRecordError } from "./bytes.ts";
import type { SampleLayout } from "./layout.ts";
import type { LayoutCatalog } from "./layout-catalog.ts";
import { HOUR_MS, type OpenedHour, openHour } from "./packed-hour.ts";
import { openRecord } from "./record.ts";
import { readContent } from "./sample-content.ts";
import { deviceKeys, hourKey, keySeed, SLOT_MS, SLOTS_PER_HOUR, timeOfKey } from "./sample-key.ts";
import { exact, SampleTimes } from "./sample-times.ts";
import { damaged } from "./store-error.ts";
import type { Terms } from "./terms.ts";
import type { SampleQuery } from "./types.ts";

/** A record that could not be read and was passed over. */
export interface DamagedRecord {
  /** The device, or what else the record is about. */
  device: string;
  /** Of the sample, or the beginning of its packed hour. */
  atMs: number;
  why: string;
}

export interface DeviceRow {
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

export interface ReaderParts {
  database: DatabaseSync;
  path: string;
  layouts: LayoutCatalog;
  terms: Terms;
  onDamage(record: DamagedRecord): void;
}

export class SampleReader {
  readonly #parts: ReaderParts;
  readonly #selectRows;
  readonly #hasPacked;
  readonly #selectPacked;
  readonly #times: SampleTimes;

  constructor(parts: ReaderParts) {
    const { database } = parts;
    this.#parts = parts;
    this.#times = new SampleTimes(database);
    this.#selectRows = exact(database, "SELECT id, body FROM sample WHERE id BETWEEN ? AND ? ORDER BY id");
    this.#hasPacked = database.prepare("SELECT 1 FROM packed_hour WHERE id = ?");
    this.#selectPacked = database.prepare("SELECT body FROM packed_hour WHERE id = ?");
  }

  devices(names: readonly string[] | undefined): DeviceRow[] {
    const { database, path } = this.#parts;
    const select = database.prepare("SELECT * FROM device WHERE name = ?");
    const rows = names
      ? [...new Set(names)].map((name) => select.get(name)).filter((row) => row !== undefined)
      : database.prepare("SELECT * FROM device ORDER BY name").all();
    for (const { name, oldest_ms, newest_ms } of rows) {
      if (typeof name !== "string" || typeof oldest_ms !== "number" || typeof newest_ms !== "number")
        throw damaged(path, "its list of devices cannot be read");
    }
    return rows as unknown as DeviceRow[];
  }

  /** The newest `count` samples at or before a moment, oldest first. */
  lastOf(device: DeviceRow, count: number, untilMs: number): DeviceSample[] {
    const found: DeviceSample[] = [];
    const oldestHour = Math.floor(device.oldest_ms / HOUR_MS);
    let hour = Math.floor(Math.min(untilMs, device.newest_ms) / HOUR_MS);
    while (hour >= oldestHour && found.length < count) {
      const isPacked = this.isPacked(device, hour);
      if (isPacked) {
        const samples = this.hour(device, hour);
        for (let at = samples.length - 1; at >= 0 && found.length < count; at -= 1)
          if (samples[at]!.atMs <= untilMs) found.push(samples[at]!);
      } else if (!this.#lastRows(device, hour, count, untilMs, found)) {
        hour = Math.min(hour, this.#times.hourUpTo(hour) + 1);
      }
      hour -= 1;
    }
    return found.reverse();
  }

  /** Samples of [fromMs, toMs), device after device, in time order. Read hour by hour: no statement stays open. */
  *range(query: SampleQuery, guard: <T>(work: () => T) => T): Generator<DeviceSample> {
    const slots = guard(() => this.#times.slotsBetween(query.fromMs, query.toMs));
    const hours = guard(() => this.#times.hoursBetween(query.fromMs, query.toMs, slots));
    for (const device of guard(() => this.devices(query.devices))) {
      for (const hour of hours) {
        for (const sample of guard(() => this.hour(device, hour, slots)))
          if (sample.atMs >= query.fromMs && sample.atMs < query.toMs) yield sample;
      }
    }
  }

  /** All samples of a device in an hour. `slots` with rows, when they are known. */
  hour(device: DeviceRow, hour: number, slots?: ReadonlySet<number>): DeviceSample[] {
    const rows: DeviceSample[] = [];
    for (let slot = hour * SLOTS_PER_HOUR; slot < (hour + 1) * SLOTS_PER_HOUR; slot += 1) {
      if (slots && !slots.has(slot)) continue;
      for (const row of this.#rowsOf(slot, device.id)) {
        const sample = this.#read(device, row);
        if (sample) rows.push(sample);
      }
    }
    const packed = this.packedHour(device, hour);
    if (packed.length === 0) return rows;
    if (rows.length === 0) return packed;
    // A sample that came late replaces the packed one of its moment.
    const late = new Set(rows.map(({ atMs }) => atMs));
    return [...packed.filter(({ atMs }) => !late.has(atMs)), ...rows].sort((a, b) => a.atMs - b.atMs);
  }

  isPacked(device: { id: number }, hour: number): boolean {
    return this.#hasPacked.get(hourKey(hour, device.id)) !== undefined;
  }

  packedHour(device: DeviceRow, hour: number): DeviceSample[] {
    return this.#opened(device, hour, ({ timesMs, sample }) => timesMs.map((_, at) => sample(at))) ?? [];
  }

  /** The newest sample of the hour before, for the first rate of an hour. */
  lastBefore(device: DeviceRow, hour: number): DeviceSample | undefined {
    const packed = this.#opened(device, hour - 1, ({ timesMs, sample }) => sample(timesMs.length - 1));
    return packed ?? this.lastOf(device, 1, hour * HOUR_MS - 1)[0];
  }

  /** Rows of an hour that can be read, one after the other, with the layout each has. */
  *rowsOfHour(
    device: DeviceRow,
    hour: number,
  ): Generator<{ key: bigint; sample: DeviceSample; layoutId: number; layout: SampleLayout }> {
    for (let slot = hour * SLOTS_PER_HOUR; slot < (hour + 1) * SLOTS_PER_HOUR; slot += 1) {
      for (const row of this.#rowsOf(slot, device.id)) {
        const read = this.#decode(device, row);
        if (read) yield { key: row.id, ...read };
      }
    }
  }

  /** The first row of an hour. */
  firstOfHour(device: DeviceRow, hour: number): DeviceSample | undefined {
    return this.rowsOfHour(device, hour).next().value?.sample;
  }

  /** The sample stored under a key of the table `sample`, wherever it is by now. */
  bySampleKey(device: DeviceRow, key: bigint): DeviceSample | undefined {
    const [row] = this.#selectRows.all(key, key) as unknown as SampleRow[];
    if (row) return this.#read(device, row);
    return this.packedAt(device, timeOfKey(key));
  }

  /** The packed sample of a moment. */
  packedAt(device: DeviceRow, atMs: number): DeviceSample | undefined {
    return this.#opened(device, Math.floor(atMs / HOUR_MS), ({ timesMs, sample }) => {
      const at = timesMs.indexOf(atMs);
      return at < 0 ? undefined : sample(at);
    });
  }

  #opened<T>(device: DeviceRow, hour: number, read: (opened: OpenedHour) => T): T | undefined {
    const { layouts, terms, onDamage } = this.#parts;
    const key = hourKey(hour, device.id);
    const row = this.#selectPacked.get(key);
    if (!row) return undefined;
    try {
      const seed = keySeed(device.name, key);
      const layout = (id: number) => layouts.byId(id);
      return read(openHour(row.body, { device: device.name, hour, seed, terms, layout }));
    } catch (error) {
      if (!(error instanceof MalformedRecordError)) throw error;
      onDamage({ device: device.name, atMs: hour * HOUR_MS, why: error.message });
      return undefined;
    }
  }

  /** Adds an hour's newest rows to `found`, newest first. @returns whether there were any rows. */
  #lastRows(device: DeviceRow, hour: number, count: number, untilMs: number, found: DeviceSample[]): boolean {
    const first = hour * SLOTS_PER_HOUR;
    let hasRows = false;
    for (let slot = first + SLOTS_PER_HOUR - 1; slot >= first && found.length < count; slot -= 1) {
      if (slot * SLOT_MS > untilMs) continue;
      const rows = this.#rowsOf(slot, device.id);
      hasRows ||= rows.length > 0;
      for (let at = rows.length - 1; at >= 0 && found.length < count; at -= 1) {
        const row = rows[at] as SampleRow;
        const sample = timeOfKey(row.id) <= untilMs ? this.#read(device, row) : undefined;
        if (sample) found.push(sample);
      }
    }
    return hasRows;
  }

  #rowsOf(slot: number, device: number): SampleRow[] {
    const { first, last } = deviceKeys(slot, device);
    return this.#selectRows.all(first, last) as unknown as SampleRow[];
  }

  #read(device: DeviceRow, row: SampleRow): DeviceSample | undefined {
    return this.#decode(device, row)?.sample;
  }

  #decode(device: DeviceRow, row: SampleRow) {
    const { layouts, terms, onDamage } = this.#parts;
    const atMs = timeOfKey(row.id);
    try {
      const { reader, layoutId } = openRecord(row.body, keySeed(device.name, row.id));
      const layout = layouts.byId(layoutId);
      return { sample: readContent(reader, device.name, atMs, layout, terms), layoutId, layout };
    } catch (error) {
      if (!(error instanceof MalformedRecordError)) throw error;
      onDamage({ device: device.name, atMs, why: error.message });
      return undefined;
    }
  }
}
