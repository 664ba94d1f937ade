/** One transaction at a time, whoever asks: what is asked inside of one becomes part of it. */
import type { DatabaseSync } from "node:sqlite";

export class Transactions {
  readonly #database: DatabaseSync;
  readonly #forget: (() => void)[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** What to do when a transaction was rolled back: what was remembered of it is not in the file. */
  onRollback(forget: () => void): void {
    this.#forget.push(forget);
  }

  /** Forgets what was remembered, as after a rollback: somebody else changed the file. */
  forget(): void {
    for (const forget of this.#forget) forget();
  }

  /** All that `work` writes, or nothing when it throws. */
  run<Result>(work: () => Result): Result {
    if (this.#database.isTransaction) return work();
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      // SQLite has rolled back by itself when the disk was full.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      this.forget();
      throw error;
    }
  }
}
