/** The table of layouts, with those in use kept in memory. */
import type { DatabaseSync } from "node:sqlite";
import type { DeviceSample } from "../samples/types.ts";
import { MalformedRecordError } from "./bytes.ts";
import { LayoutInterner, layoutOf, packLayout, type SampleLayout, unpackLayout } from "./layout.ts";

/** Readers go through many devices: at most this many layouts are kept, the longest unused go first. */
const KEPT_LAYOUTS = 2000;

export class LayoutCatalog {
  readonly #database: DatabaseSync;
  readonly #use;
  readonly #selectId;
  readonly #insert;
  readonly #select;
  readonly #interner = new LayoutInterner();
  readonly #read = new Map<number, SampleLayout>();

  constructor(database: DatabaseSync, mayWrite: boolean) {
    this.#selectId = database.prepare("SELECT id FROM layout WHERE digest = ?");
    this.#insert = mayWrite ? database.prepare("INSERT INTO layout (digest, body) VALUES (?, ?)") : undefined;
    this.#database = database;
    this.#use = mayWrite
      ? database.prepare(
          "INSERT INTO layout_use VALUES (?, ?) ON CONFLICT (layout) DO UPDATE SET hour = max(hour, ?)",
        )
      : undefined;
    this.#select = database.prepare("SELECT digest, body FROM layout WHERE id = ?");
  }

  /** The layout of a sample and its number, stored now when it is new. */
  of(sample: DeviceSample): { id: number; layout: SampleLayout } {
    const layout = layoutOf(sample, this.#interner);
    const { digest, body } = packLayout(layout);
    const id = this.#selectId.get(digest)?.id ?? this.#insert?.run(digest, body).lastInsertRowid;
    return { id: Number(id), layout };
  }

  /** Notes that samples up to this hour have a layout, so that it is kept as long as they are. */
  use(id: number, hour: number): void {
    this.#use?.run(id, hour, hour);
  }

  /** Drops layouts of samples from before an hour; the newest stays, so that no number is given twice. */
  dropUnused(hour: number): number {
    const dropped = this.#database
      .prepare(
        `DELETE FROM layout WHERE id IN (SELECT layout FROM layout_use WHERE hour < ?)
         AND id < (SELECT max(id) FROM layout)`,
      )
      .run(hour).changes;
    this.#database.exec("DELETE FROM layout_use WHERE layout NOT IN (SELECT id FROM layout)");
    this.#read.clear();
    return Number(dropped);
  }

  /** @throws MalformedRecordError when it is missing or damaged. */
  byId(id: number): SampleLayout {
    const kept = this.#read.get(id);
    if (kept) {
      this.#read.delete(id);
      this.#read.set(id, kept);
      return kept;
    }
    const row = this.#select.get(id);
    if (!row) throw new MalformedRecordError(`the store has no layout ${id}`);
    const layout = unpackLayout(octets(row.digest), octets(row.body), this.#interner);
    this.#read.set(id, layout);
    if (this.#read.size > KEPT_LAYOUTS) this.#read.delete(this.#read.keys().next().value as number);
    return layout;
  }
}

function octets(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new MalformedRecordError("a layout is not made of octets");
}
