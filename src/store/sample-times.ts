/** When there are samples of any device: what lets a reader pass over the time in which nothing was polled. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { HOUR_MS } from "./packed-hour.ts";
import { hourKey, hourOfKey, SLOT_MS, SLOTS_PER_HOUR, slotKey, slotOf, slotOfKey } from "./sample-key.ts";

export class SampleTimes {
  readonly #nextRow;
  readonly #nextPacked;
  readonly #rowBefore;
  readonly #packedBefore;

  constructor(database: DatabaseSync) {
    this.#nextRow = exact(database, "SELECT min(id) AS id FROM sample WHERE id >= ?");
    this.#nextPacked = exact(database, "SELECT min(id) AS id FROM packed_hour WHERE id >= ?");
    this.#rowBefore = exact(database, "SELECT max(id) AS id FROM sample WHERE id < ?");
    this.#packedBefore = exact(database, "SELECT max(id) AS id FROM packed_hour WHERE id < ?");
  }

  /** The nearest hour before this one that holds a sample; -1: none does. */
  hourUpTo(hour: number): number {
    const row = this.#rowBefore.get(slotKey(hour * SLOTS_PER_HOUR))?.id;
    const packed = this.#packedBefore.get(hourKey(hour, 0))?.id;
    return Math.max(
      typeof row === "bigint" ? Math.floor(slotOfKey(row) / SLOTS_PER_HOUR) : -1,
      typeof packed === "bigint" ? hourOfKey(packed) : -1,
    );
  }

  /** Five-minute slots of [fromMs, toMs) with rows. */
  slotsBetween(fromMs: number, toMs: number): Set<number> {
    const slots = new Set<number>();
    for (let slot = slotOf(fromMs); slot * SLOT_MS < toMs; slot += 1) {
      const id = this.#nextRow.get(slotKey(slot))?.id;
      if (typeof id !== "bigint") break;
      slot = slotOfKey(id);
      if (slot * SLOT_MS < toMs) slots.add(slot);
    }
    return slots;
  }

  /** Hours of [fromMs, toMs) with rows (those of `slots`) or packed, in order. */
  hoursBetween(fromMs: number, toMs: number, slots: ReadonlySet<number>): number[] {
    const hours = new Set([...slots].map((slot) => Math.floor(slot / SLOTS_PER_HOUR)));
    for (let hour = Math.max(0, Math.floor(fromMs / HOUR_MS)); hour * HOUR_MS < toMs; hour += 1) {
      const id = this.#nextPacked.get(hourKey(hour, 0))?.id;
      if (typeof id !== "bigint") break;
      hour = hourOfKey(id);
      if (hour * HOUR_MS < toMs) hours.add(hour);
    }
    return [...hours].sort((a, b) => a - b);
  }
}

/** A statement that gives keys, which are larger than a double holds, as they are. */
export function exact(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  return statement;
}
