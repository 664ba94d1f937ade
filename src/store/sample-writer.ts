/** Appending: one transaction per call, one record per sample. */
import type { DatabaseSync } from "node:sqlite";
import type { DeviceSample } from "../samples/types.ts";
import { ByteWriter } from "./bytes.ts";
import type { SampleLayout } from "./layout.ts";
import type { LayoutCatalog } from "./layout-catalog.ts";
import { writeRecord } from "./record.ts";
import { keySeed, MAX_DEVICE, sampleKey } from "./sample-key.ts";
import type { Terms } from "./terms.ts";

/** What the writer remembers of a device between two appends. */
interface KnownDevice {
  id: number;
  samples: number;
  oldestMs: number;
  newestMs: number;
  /** Of its last sample: the next one most likely has the same. */
  layoutId: number;
  layout: SampleLayout | undefined;
}

export class SampleWriter {
  readonly #database: DatabaseSync;
  readonly #layouts: LayoutCatalog;
  readonly #terms: Terms;
  readonly #record = new ByteWriter();
  readonly #devices = new Map<string, KnownDevice>();
  readonly #selectDevice;
  readonly #insertDevice;
  readonly #updateDevice;
  readonly #putSample;
  readonly #hasSample;

  constructor(database: DatabaseSync, layouts: LayoutCatalog, terms: Terms) {
    this.#database = database;
    this.#layouts = layouts;
    this.#terms = terms;
    this.#selectDevice = database.prepare(
      "SELECT id, samples, oldest_ms, newest_ms FROM device WHERE name = ?",
    );
    this.#insertDevice = database.prepare(
      "INSERT INTO device (name, samples, oldest_ms, newest_ms) VALUES (?, 0, ?, ?)",
    );
    this.#updateDevice = database.prepare(
      "UPDATE device SET samples = ?, oldest_ms = ?, newest_ms = ? WHERE id = ?",
    );
    this.#putSample = database.prepare("INSERT OR REPLACE INTO sample (id, body) VALUES (?, ?)");
    this.#hasSample = database.prepare("SELECT 1 FROM sample WHERE id = ?");
  }

  /** All of them or none. Appending a device's sample of the same moment again replaces it. */
  append(samples: readonly DeviceSample[]): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const touched = new Set<KnownDevice>();
      for (const sample of samples) touched.add(this.#put(sample));
      for (const { id, samples: count, oldestMs, newestMs } of touched)
        this.#updateDevice.run(count, oldestMs, newestMs, id);
      this.#database.exec("COMMIT");
    } catch (error) {
      // SQLite has rolled back by itself when the disk was full; numbers given meanwhile are not in the file.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      this.#devices.clear();
      this.#terms.forget();
      throw error;
    }
  }

  #put(sample: DeviceSample): KnownDevice {
    const device = this.#device(sample);
    const key = sampleKey(device.id, sample.atMs);
    const seed = keySeed(sample.device, key);
    const { layout } = device;
    if (!layout || !writeRecord(this.#record, sample, device.layoutId, layout, this.#terms, seed)) {
      const found = this.#layouts.of(sample);
      device.layoutId = found.id;
      device.layout = found.layout;
      if (!writeRecord(this.#record, sample, found.id, found.layout, this.#terms, seed))
        throw new Error(`the sample of ${sample.device} does not have its own layout`);
    }
    const isNew = sample.atMs > device.newestMs || device.samples === 0 || !this.#hasSample.get(key);
    this.#putSample.run(key, this.#record.bytes());
    if (isNew) device.samples += 1;
    device.oldestMs = Math.min(device.oldestMs, sample.atMs);
    device.newestMs = Math.max(device.newestMs, sample.atMs);
    return device;
  }

  #device(sample: DeviceSample): KnownDevice {
    const known = this.#devices.get(sample.device);
    if (known) return known;
    const row = this.#selectDevice.get(sample.device);
    const id = Number(
      row?.id ?? this.#insertDevice.run(sample.device, sample.atMs, sample.atMs).lastInsertRowid,
    );
    if (id > MAX_DEVICE) throw new RangeError(`a store holds ${MAX_DEVICE} devices at most`);
    const device: KnownDevice = {
      id,
      samples: Number(row?.samples ?? 0),
      oldestMs: Number(row?.oldest_ms ?? sample.atMs),
      newestMs: Number(row?.newest_ms ?? sample.atMs),
      layoutId: 0,
      layout: undefined,
    };
    this.#devices.set(sample.device, device);
    return device;
  }
}
