/** The table of subjects: names of what states are about, as numbers. */
import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { Subject } from "./history-types.ts";

export class Subjects {
  readonly #select;
  readonly #selectAll;
  readonly #selectPrefix;
  readonly #insert;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare("SELECT id, name, crc FROM subject WHERE name = ?");
    this.#selectAll = database.prepare("SELECT id, name, crc FROM subject ORDER BY name");
    this.#selectPrefix = database.prepare(
      "SELECT id, name, crc FROM subject WHERE name >= ? AND name < ? ORDER BY name",
    );
    this.#insert = database.prepare("INSERT INTO subject (name, crc) VALUES (?, ?)");
  }

  /** Its number, given now when it has none. */
  idOf(name: Subject): number {
    return this.find(name) ?? Number(this.#insert.run(name, crc32(name)).lastInsertRowid);
  }

  find(name: Subject): number | undefined {
    const id = this.#select.get(name)?.id;
    return id === undefined ? undefined : Number(id);
  }

  /** Numbers of the asked subjects; names that are damaged are passed over. */
  list(query: { subjects?: readonly Subject[]; prefix?: string }): { id: number; name: Subject }[] {
    const rows = query.subjects
      ? [...new Set(query.subjects)].map((name) => this.#select.get(name))
      : query.prefix
        ? this.#selectPrefix.all(query.prefix, `${query.prefix}\u{10ffff}`)
        : this.#selectAll.all();
    return rows.flatMap((row) => {
      if (typeof row?.name !== "string" || crc32(row.name) !== row.crc) return [];
      return [{ id: Number(row.id), name: row.name }];
    });
  }
}
