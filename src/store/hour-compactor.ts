/** Hours of samples into packed hours and 5-minute rollups, device by device. */
import type { CompactionOptions, CompactionStep } from "./compaction.ts";
import { Components, componentName } from "./components.ts";
import { HOUR_MS, HourPacker } from "./packed-hour.ts";
import { RollupBuilder } from "./rollup-builder.ts";
import { level, rollupKey } from "./rollup-key.ts";
import { type Steps, writeRollup } from "./rollup-record.ts";
import { hourKey, keySeed, SLOTS_PER_HOUR, slotKey, slotOfKey } from "./sample-key.ts";
import type { DeviceRow } from "./sample-reader.ts";
import type { StoreParts } from "./store-parts.ts";

export class HourCompactor {
  readonly #parts: StoreParts;
  readonly #rate: CompactionOptions["rate"];
  readonly #components: Components;
  readonly #nextRow;
  readonly #putPacked;
  readonly #deleteRow;
  readonly #putRollup;

  constructor(parts: StoreParts, rate: CompactionOptions["rate"]) {
    const { database } = parts;
    this.#parts = parts;
    this.#rate = rate;
    this.#components = new Components(database);
    this.#nextRow = database.prepare("SELECT min(id) AS id FROM sample WHERE id >= ?");
    this.#nextRow.setReadBigInts(true);
    this.#putPacked = database.prepare("INSERT INTO packed_hour VALUES (?, ?, ?)");
    this.#deleteRow = database.prepare("DELETE FROM sample WHERE id = ?");
    this.#putRollup = database.prepare("INSERT OR REPLACE INTO rollup VALUES (?, ?)");
  }

  /** All hours from where it stopped up to one (exclusive). */
  *run(untilHour: number): Generator<CompactionStep> {
    const { progress, reader, transactions } = this.#parts;
    for (let hour = this.#nextHour(progress.get("packed-until-hour")); hour < untilHour; ) {
      for (const device of reader.devices(undefined)) {
        if (device.oldest_ms >= (hour + 1) * HOUR_MS || device.newest_ms < hour * HOUR_MS) continue;
        const samples = transactions.run(() => this.#compact(device, hour));
        if (samples > 0) yield { did: "packed", hour, device: device.name, samples };
      }
      const next = Math.min(this.#nextHour(hour + 1), untilHour);
      transactions.run(() => progress.set("packed-until-hour", next));
      hour = next;
    }
  }

  /** The first hour from one on that has samples; the hour itself when there are none. */
  #nextHour(from: number): number {
    const id = this.#nextRow.get(slotKey(from * SLOTS_PER_HOUR))?.id;
    return typeof id === "bigint" ? Math.max(from, Math.floor(slotOfKey(id) / SLOTS_PER_HOUR)) : from;
  }

  #compact(device: DeviceRow, hour: number): number {
    const { reader, terms, layouts } = this.#parts;
    // Packed before a crash, or before samples came late: those stay as rows, the rollup stays as it is.
    if (reader.isPacked(device, hour)) return 0;
    const packer = new HourPacker(hour, terms);
    const builder = new RollupBuilder(hour);
    const keys: bigint[] = [];
    let previous = reader.lastBefore(device, hour);
    for (const { key, sample, layoutId, layout } of reader.rowsOfHour(device, hour)) {
      packer.add(sample, layoutId, layout);
      builder.add(this.#rate(previous, sample));
      keys.push(key);
      previous = sample;
    }
    if (keys.length === 0) return 0;
    const next = reader.firstOfHour(device, hour + 1);
    if (next) builder.add(this.#rate(previous, next));
    const packedKey = hourKey(hour, device.id);
    this.#putPacked.run(packedKey, keys.length, packer.pack(keySeed(device.name, packedKey)));
    for (const layout of packer.layouts) layouts.use(layout, hour);
    this.#writeRollups(device, hour, builder);
    for (const key of keys) this.#deleteRow.run(key);
    return keys.length;
  }

  #writeRollups(device: DeviceRow, hour: number, builder: RollupBuilder): void {
    const { terms } = this.#parts;
    for (const { class: componentClass, key, measurements } of builder.finish()) {
      const named = new Map<number, Steps>();
      for (const [name, steps] of measurements) named.set(terms.idOf(name), steps);
      const component = this.#components.idOf(device.id, componentClass, key);
      const id = rollupKey(level.hourOf5Minutes, hour, component);
      const name = componentName({ device: device.name, class: componentClass, key });
      this.#putRollup.run(id, writeRollup(named, keySeed(name, id)));
    }
  }
}
