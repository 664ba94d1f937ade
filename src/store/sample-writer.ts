/** Appending: one transaction per call, one record per sample. */
import type { DatabaseSync } from "node:sqlite";
import type { DeviceSample } from "../samples/types.ts";
import { ByteWriter } from "./bytes.ts";
import type { SampleLayout } from "./layout.ts";
import type { LayoutCatalog } from "./layout-catalog.ts";
import { NewestRecords } from "./newest-records.ts";
import { HOUR_MS } from "./packed-hour.ts";
import type { Progress } from "./progress.ts";
import { contentOf, writeRecord } from "./record.ts";
import { keySeed, MAX_DEVICE, sampleKey } from "./sample-key.ts";
import type { Terms } from "./terms.ts";
import type { Transactions } from "./transactions.ts";
import type { RecentSample } from "./types.ts";

/** What the writer remembers of a device between two appends. */
interface KnownDevice {
  id: number;
  samples: number;
  oldestMs: number;
  newestMs: number;
  /** Of its last sample: the next one most likely has the same. */
  layoutId: number;
  layout: SampleLayout | undefined;
  newest: NewestRecords;
}

export interface WriterParts {
  database: DatabaseSync;
  transactions: Transactions;
  layouts: LayoutCatalog;
  terms: Terms;
  progress: Progress;
  /** Whether a packed hour holds a sample of this device and moment. */
  isPacked(device: number, sample: DeviceSample): boolean;
}

export class SampleWriter {
  readonly #transactions: Transactions;
  readonly #progress: Progress;
  readonly #isPacked: WriterParts["isPacked"];
  readonly #layouts: LayoutCatalog;
  readonly #terms: Terms;
  readonly #record = new ByteWriter();
  readonly #devices = new Map<string, KnownDevice>();
  readonly #selectDevice;
  readonly #insertDevice;
  readonly #updateDevice;
  readonly #putSample;
  readonly #hasSample;

  constructor(parts: WriterParts) {
    const { database, transactions } = parts;
    this.#transactions = transactions;
    this.#progress = parts.progress;
    this.#layouts = parts.layouts;
    this.#terms = parts.terms;
    this.#isPacked = parts.isPacked;
    transactions.onRollback(() => this.forget());
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

  /**
   * All of them or none. Appending a device's sample of the same moment again replaces it.
   * @returns the keys of the samples, and how many came after their hour was packed.
   */
  append(samples: readonly DeviceSample[]): { keys: bigint[]; late: number } {
    return this.#transactions.run(() => {
      const touched = new Set<KnownDevice>();
      const keys: bigint[] = [];
      const packedUntilMs = this.#progress.get("packed-until-hour") * HOUR_MS;
      let late = 0;
      for (const sample of samples) {
        const isLate = sample.atMs < packedUntilMs;
        if (isLate) late += 1;
        const { device, key } = this.#put(sample, isLate);
        touched.add(device);
        keys.push(key);
      }
      for (const { id, samples: count, oldestMs, newestMs } of touched)
        this.#updateDevice.run(count, oldestMs, newestMs, id);
      this.#progress.add("late-samples", late);
      return { keys, late };
    });
  }

  /** The newest samples of a device, as `SampleStore.last`, when all that is asked for was written by us. */
  last(device: string, count: number, untilMs: number): RecentSample[] | undefined {
    const known = this.#devices.get(device);
    return known?.newest.last(device, { count, untilMs, all: known.samples }, this.#terms);
  }

  /** The file was changed behind what is remembered here. */
  forget(): void {
    this.#devices.clear();
  }

  #put(sample: DeviceSample, isLate: boolean): { device: KnownDevice; key: bigint } {
    const device = this.#device(sample);
    const key = sampleKey(device.id, sample.atMs);
    const seed = keySeed(sample.device, key);
    const { layout } = device;
    if (!layout || !writeRecord(this.#record, sample, device.layoutId, layout, this.#terms, seed)) {
      const found = this.#layouts.of(sample);
      device.layoutId = found.id;
      device.layout = found.layout;
      // By the clock of the store: a layout in use must outlive old samples that had it too.
      this.#layouts.use(found.id, Math.floor(Math.max(sample.atMs, device.newestMs) / HOUR_MS));
      if (!writeRecord(this.#record, sample, found.id, found.layout, this.#terms, seed))
        throw new Error(`the sample of ${sample.device} does not have its own layout`);
    }
    const isNewest = sample.atMs > device.newestMs || device.samples === 0;
    const isNew = isNewest || !(this.#hasSample.get(key) || (isLate && this.#isPacked(device.id, sample)));
    this.#putSample.run(key, this.#record.bytes());
    if (isNewest)
      device.newest.add(sample.atMs, contentOf(this.#record.bytes()), device.layout as SampleLayout);
    else device.newest.clear();
    if (isNew) device.samples += 1;
    device.oldestMs = Math.min(device.oldestMs, sample.atMs);
    device.newestMs = Math.max(device.newestMs, sample.atMs);
    return { device, key };
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
      newest: new NewestRecords(),
    };
    this.#devices.set(sample.device, device);
    return device;
  }
}
