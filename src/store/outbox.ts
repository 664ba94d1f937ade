/**
 * Samples that remote receivers have yet to get. A sample enters with the transaction that keeps it, as its key
 * alone, and leaves when every receiver has it; so nothing is written twice and nothing is lost between the two.
 */
import type { DeviceSample } from "../samples/types.ts";
import { deviceOfKey } from "./sample-key.ts";
import type { DeviceRow } from "./sample-reader.ts";
import type { StoreParts } from "./store-parts.ts";

/** About a day of 5,000 devices polled every minute; some 20 octets each. */
const DEFAULT_LIMIT = 7_200_000;

export interface QueuedSample {
  sequence: number;
  /** Undefined when it cannot be read any more: damaged, or dropped by the retention. */
  sample: DeviceSample | undefined;
}

export interface OutboxStatus {
  destination: string;
  waiting: number;
  sent: number;
  /** Given up: refused by the receiver, too many for the queue, or not readable any more. */
  dropped: number;
}

export class Outbox {
  readonly #parts: StoreParts;
  readonly #destinations: readonly string[];
  readonly #limit: number;
  readonly #devices = new Map<number, DeviceRow>();
  readonly #put;
  readonly #next;
  readonly #bounds;

  /** Samples appended from now on wait for these destinations; what waits for others goes. */
  constructor(parts: StoreParts, destinations: readonly string[], limit = DEFAULT_LIMIT) {
    const { database, transactions } = parts;
    this.#parts = parts;
    this.#destinations = destinations;
    this.#limit = limit;
    this.#put = database.prepare("INSERT INTO outbox (sample) VALUES (?)");
    this.#next = database.prepare(
      "SELECT sequence, sample FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?",
    );
    this.#next.setReadBigInts(true);
    this.#bounds = database.prepare("SELECT min(sequence) AS first, max(sequence) AS last FROM outbox");
    const known = database.prepare("SELECT 1 FROM destination WHERE name = ?");
    // A new destination gets what comes from now on; AUTOINCREMENT never gives a number twice.
    const last = "(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'outbox')";
    const insert = database.prepare(`INSERT INTO destination VALUES (?, ${last}, 0)`);
    transactions.run(() => {
      for (const name of destinations) if (!known.get(name)) insert.run(name);
      database
        .prepare("DELETE FROM destination WHERE name NOT IN (SELECT value FROM json_each(?))")
        .run(JSON.stringify(destinations));
      this.#trim();
    });
  }

  /** Called inside the transaction that appends the samples. */
  add(keys: readonly bigint[]): void {
    if (this.#destinations.length === 0) return;
    for (const key of keys) this.#put.run(key);
    const { first, last } = this.#bounds.get() as { first: number; last: number };
    const excess = last - first + 1 - this.#limit;
    if (excess <= 0) return;
    const until = first + excess - 1;
    this.#parts.database
      .prepare("UPDATE destination SET dropped = dropped + (? - max(sent, ?)), sent = ? WHERE sent < ?")
      .run(until, first - 1, until, until);
    this.#parts.database.prepare("DELETE FROM outbox WHERE sequence <= ?").run(until);
  }

  /**
   * The next samples for a destination, at most `count`, in the order of their arrival. Each is read when it is asked
   * for: an hour packed meanwhile takes a millisecond to open.
   */
  *next(destination: string, count: number): Generator<QueuedSample> {
    for (const row of this.#next.all(this.#sentTo(destination), count)) {
      const key = row.sample as bigint;
      const device = this.#device(deviceOfKey(key));
      yield {
        sequence: Number(row.sequence),
        sample: device && this.#parts.reader.bySampleKey(device, key),
      };
    }
  }

  /** Everything up to a sequence is done with; `dropped` of it were given up. */
  done(destination: string, sequence: number, dropped = 0): void {
    this.#parts.transactions.run(() => {
      this.#parts.database
        .prepare("UPDATE destination SET sent = max(sent, ?), dropped = dropped + ? WHERE name = ?")
        .run(sequence, dropped, destination);
      this.#trim();
    });
  }

  status(): OutboxStatus[] {
    return outboxStatus(this.#parts.database);
  }

  #sentTo(destination: string): number {
    const row = this.#parts.database.prepare("SELECT sent FROM destination WHERE name = ?").get(destination);
    return Number(row?.sent ?? 0);
  }

  #device(id: number): DeviceRow | undefined {
    const known = this.#devices.get(id);
    if (known) return known;
    for (const device of this.#parts.reader.devices(undefined)) this.#devices.set(device.id, device);
    return this.#devices.get(id);
  }

  #trim(): void {
    this.#parts.database.exec(
      "DELETE FROM outbox WHERE sequence <= coalesce((SELECT min(sent) FROM destination), 9223372036854775807)",
    );
  }
}

export function outboxStatus(database: StoreParts["database"]): OutboxStatus[] {
  return database
    .prepare(
      `SELECT name, sent, dropped, (SELECT count(*) FROM outbox WHERE sequence > sent) AS waiting
       FROM destination ORDER BY name`,
    )
    .all()
    .map(({ name, sent, dropped, waiting }) => ({
      destination: String(name),
      waiting: Number(waiting),
      sent: Math.max(0, Number(sent) - Number(dropped)),
      dropped: Number(dropped),
    }));
}
