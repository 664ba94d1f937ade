/** Numbers that the store remembers of itself: how far compaction has come, and what it counted. */
import type { DatabaseSync } from "node:sqlite";

export type ProgressName =
  /** Hours since 1970 before which samples are packed and rolled up; samples that arrive for them later are late. */
  | "packed-until-hour"
  /** Hours since 1970 before which hours of rollups are days. */
  | "merged-until-hour"
  /** Hours since 1970 before which only long-kept 5-minute rollups are left. */
  | "thinned-until-hour"
  /** Hours since 1970 before which samples were dropped. */
  | "dropped-until-hour"
  /** Samples that came after their hour was rolled up. */
  | "late-samples"
  /** States that were seen of a time already recorded, or too late. */
  | "late-states"
  | "last-compaction-ms";

export class Progress {
  readonly #select;
  readonly #put;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare("SELECT value FROM progress WHERE name = ?");
    this.#put = database.prepare("INSERT OR REPLACE INTO progress VALUES (?, ?)");
  }

  get(name: ProgressName): number {
    return Number(this.#select.get(name)?.value ?? 0);
  }

  set(name: ProgressName, value: number): void {
    this.#put.run(name, value);
  }

  add(name: ProgressName, by: number): void {
    if (by !== 0) this.set(name, this.get(name) + by);
  }
}
