/** What is older than its retention goes; when the store is larger than it may be, the oldest samples go first. */
import type { CompactionStep } from "./compaction.ts";
import { Components } from "./components.ts";
import { HOUR_MS } from "./packed-hour.ts";
import { dayOf, HOURS_PER_DAY, hourOfRollup, level, rollupKey } from "./rollup-key.ts";
import { deviceOfHourKey, hourKey, hourOfKey, SLOTS_PER_HOUR, slotKey } from "./sample-key.ts";
import type { StoreParts } from "./store-parts.ts";

export interface Retention {
  /** Samples as they were measured. */
  sampleDays: number;
  fiveMinuteDays: number;
  /** 1-hour rollups, and 5-minute rollups of what is kept long. */
  longDays: number;
  /** Of the file; beyond it the oldest samples go, then the oldest 5-minute rollups that are not kept long. */
  maxOctets: number;
}

/** 13 months: the same month of the year before is whole until the next is over. */
const THIRTEEN_MONTHS_DAYS = 397;
const LEAST_DAYS = 1;
/** Free pages are given back to the file system when they are this share of the file; else new rows fill them. */
const FREE_SHARE = 0.25;
const VACUUM_PAGES = 1000;
/** Rows dropped in one transaction. */
const BATCH = 5000;

export function retentionOf(asked: Partial<Retention> = {}): Retention {
  return {
    sampleDays: 7,
    fiveMinuteDays: 90,
    longDays: THIRTEEN_MONTHS_DAYS,
    maxOctets: Number.POSITIVE_INFINITY,
    ...asked,
  };
}

export class RetentionKeeper {
  readonly #parts: StoreParts;
  readonly #retention: Retention;
  readonly #longKept: readonly { device: string; class: string; key: string }[];

  constructor(
    parts: StoreParts,
    retention: Retention,
    longKept: readonly { device: string; class: string; key: string }[],
  ) {
    this.#parts = parts;
    this.#retention = retention;
    this.#longKept = longKept;
  }

  *run(nowMs: number): Generator<CompactionStep> {
    const { sampleDays, fiveMinuteDays, longDays } = this.#retention;
    const hourBefore = (days: number) => Math.floor(nowMs / HOUR_MS) - days * HOURS_PER_DAY;
    yield* this.#dropSamples(hourBefore(sampleDays));
    yield* this.#thin(dayOf(Math.max(0, hourBefore(fiveMinuteDays))));
    const oldest = dayOf(Math.max(0, hourBefore(longDays)));
    yield* this.#dropRollups(rollupKey(level.dayOf5Minutes, 0, 0), rollupKey(level.dayOf5Minutes, oldest, 0));
    yield* this.#dropRollups(rollupKey(level.dayOfHours, 0, 0), rollupKey(level.dayOfHours, oldest, 0));
    yield* this.#shrink(hourBefore(LEAST_DAYS));
    this.#giveBack();
  }

  /** Packed hours, and samples that came late for them, hour by hour. Nothing that is not packed yet. */
  *#dropSamples(untilHour: number): Generator<CompactionStep> {
    const { progress } = this.#parts;
    const until = Math.min(untilHour, progress.get("packed-until-hour"));
    for (let hour = this.#oldestHour(); hour !== undefined && hour < until; hour = this.#oldestHour())
      yield { did: "dropped", what: "samples", count: this.#dropHour(hour) };
  }

  #oldestHour(): number | undefined {
    const { database } = this.#parts;
    const oldest = (table: string) => {
      const select = database.prepare(`SELECT min(id) AS id FROM ${table}`);
      select.setReadBigInts(true);
      const id = select.get()?.id;
      return typeof id === "bigint" ? id : undefined;
    };
    const packed = oldest("packed_hour");
    const row = oldest("sample");
    const hours = [
      ...(packed === undefined ? [] : [hourOfKey(packed)]),
      ...(row === undefined ? [] : [Math.floor(Number(row >> 39n) / SLOTS_PER_HOUR)]),
    ];
    return hours.length > 0 ? Math.min(...hours) : undefined;
  }

  #dropHour(hour: number): number {
    const { database, transactions, writer, layouts, progress } = this.#parts;
    return transactions.run(() => {
      const dropped = new Map<number, number>();
      const count = (device: number, samples: number) =>
        dropped.set(device, (dropped.get(device) ?? 0) + samples);
      const packed = database.prepare("SELECT id, samples FROM packed_hour WHERE id < ?");
      packed.setReadBigInts(true);
      for (const { id, samples } of packed.all(hourKey(hour + 1, 0)))
        count(deviceOfHourKey(id as bigint), Number(samples));
      const end = slotKey((hour + 1) * SLOTS_PER_HOUR);
      const late = database.prepare(
        "SELECT (id >> 19) & 1048575 AS device, count(*) AS samples FROM sample WHERE id < ? GROUP BY 1",
      );
      for (const { device, samples } of late.all(end)) count(Number(device), Number(samples));
      database.prepare("DELETE FROM packed_hour WHERE id < ?").run(hourKey(hour + 1, 0));
      database.prepare("DELETE FROM sample WHERE id < ?").run(end);
      const update = database.prepare(
        "UPDATE device SET samples = max(0, samples - ?), oldest_ms = max(oldest_ms, ?) WHERE id = ?",
      );
      for (const [device, samples] of dropped) update.run(samples, (hour + 1) * HOUR_MS, device);
      layouts.dropUnused(hour + 1);
      progress.set("dropped-until-hour", Math.max(hour + 1, progress.get("dropped-until-hour")));
      // What the writer remembers of devices and layouts is not so any more.
      writer.forget();
      return [...dropped.values()].reduce((sum, samples) => sum + samples, 0);
    });
  }

  /** 5-minute rollups of a day go but for those kept long; each day is looked at once. */
  *#thin(untilDay: number): Generator<CompactionStep> {
    const { database, transactions, progress } = this.#parts;
    const components = new Components(database);
    const kept = this.#longKept.flatMap((one) => components.find(one.device, one.class, one.key)?.id ?? []);
    const first = database.prepare("SELECT min(id) AS id FROM rollup WHERE id >= ? AND id < ?");
    first.setReadBigInts(true);
    const remove = database.prepare(
      "DELETE FROM rollup WHERE id >= ? AND id < ? AND (id & 268435455) NOT IN (SELECT value FROM json_each(?))",
    );
    const key = (day: number) => rollupKey(level.dayOf5Minutes, day, 0);
    for (let day = progress.get("thinned-until-hour"); day < untilDay; day += HOURS_PER_DAY) {
      const id = first.get(key(day), key(untilDay))?.id;
      if (typeof id !== "bigint") break;
      day = dayOf(hourOfRollup(id));
      const count = transactions.run(() => {
        progress.set("thinned-until-hour", day + HOURS_PER_DAY);
        return Number(remove.run(key(day), key(day + HOURS_PER_DAY), JSON.stringify(kept)).changes);
      });
      if (count > 0) yield { did: "dropped", what: "rollups", count };
    }
  }

  *#dropRollups(from: bigint, to: bigint): Generator<CompactionStep> {
    const { database, transactions } = this.#parts;
    const remove = database.prepare(
      `DELETE FROM rollup WHERE id IN (SELECT id FROM rollup WHERE id >= ? AND id < ? LIMIT ${BATCH})`,
    );
    for (;;) {
      const count = transactions.run(() => Number(remove.run(from, to).changes));
      if (count === 0) return;
      yield { did: "dropped", what: "rollups", count };
    }
  }

  *#shrink(leastHour: number): Generator<CompactionStep> {
    const { maxOctets } = this.#retention;
    if (this.#usedOctets() <= maxOctets) return;
    const { progress } = this.#parts;
    const until = Math.min(leastHour, progress.get("packed-until-hour"));
    for (
      let hour = this.#oldestHour();
      hour !== undefined && hour < until && this.#usedOctets() > maxOctets;
      hour = this.#oldestHour()
    )
      yield { did: "dropped", what: "samples", count: this.#dropHour(hour) };
    const untilDay = dayOf(Math.max(0, leastHour));
    for (
      let day = progress.get("thinned-until-hour") + HOURS_PER_DAY;
      day <= untilDay && this.#usedOctets() > maxOctets;
      day = progress.get("thinned-until-hour") + HOURS_PER_DAY
    ) {
      const before = progress.get("thinned-until-hour");
      yield* this.#thin(Math.max(day, this.#firstDay() + HOURS_PER_DAY));
      if (progress.get("thinned-until-hour") === before) return;
    }
  }

  #firstDay(): number {
    const { database, progress } = this.#parts;
    const first = database.prepare("SELECT min(id) AS id FROM rollup WHERE id >= ? AND id < ?");
    first.setReadBigInts(true);
    const from = rollupKey(level.dayOf5Minutes, progress.get("thinned-until-hour"), 0);
    const id = first.get(from, rollupKey(level.dayOfHours, 0, 0))?.id;
    return typeof id === "bigint" ? dayOf(hourOfRollup(id)) : 0;
  }

  #pages(): { all: number; free: number; octets: number } {
    const pragma = (name: string) =>
      Number(Object.values(this.#parts.database.prepare(`PRAGMA ${name}`).get()!)[0]);
    return { all: pragma("page_count"), free: pragma("freelist_count"), octets: pragma("page_size") };
  }

  #usedOctets(): number {
    const { all, free, octets } = this.#pages();
    return (all - free) * octets;
  }

  /** Gives pages back in small parts, so that nobody waits for long. */
  #giveBack(): void {
    const { database } = this.#parts;
    for (let { all, free } = this.#pages(); free > all * FREE_SHARE; ) {
      database.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`);
      const now = this.#pages();
      if (now.free === free) return;
      ({ all, free } = now);
    }
  }
}
