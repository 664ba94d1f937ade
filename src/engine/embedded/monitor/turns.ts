import { clearTimeout, setTimeout } from "node:timers";

/** How long those that may come are waited for before others may in their place. */
const PATIENCE_MS = 1000;

/**
 * Whose turn it is to register. A program may make thousands of resources in one go, and the SDK would then hold a
 * request for each until the last is done; with this only some are made at a time.
 *
 * Nobody waits for ever: what takes its turn and then waits itself (a transform for another resource, say) loses its
 * place to the next, and what is under way needs none of those that wait as long as the limit is above the number of
 * steps that are done at once.
 */
export class Turns {
  private readonly limit: number;
  private readonly waiting: (() => void)[] = [];
  private begun = 0;
  private underWay = 0;
  /** had their turn, and are not under way yet */
  private coming = 0;
  private patience: NodeJS.Timeout | undefined;
  private over = false;

  /** @param limit how many registrations may be under way at a time */
  constructor(limit: number) {
    this.limit = limit;
  }

  /**
   * Another one begins. @returns whether it has to wait for its turn: the first ones, as many as may be under way, have
   * theirs, so that nothing is other than without turns for a program that has no more.
   */
  hasToWait(): boolean {
    this.begun++;
    if (this.begun > this.limit) return true;
    this.coming++;
    return false;
  }

  /** @returns when the next one may register, in the order in which they asked */
  next(): Promise<void> {
    if (this.over) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.admit();
    });
  }

  /** A registration is under way as long as `work` is. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.underWay++;
    if (this.coming > 0) this.coming--;
    try {
      return await work();
    } finally {
      this.underWay--;
      this.admit();
    }
  }

  /** Nobody has to wait any longer: the run is over. */
  end(): void {
    this.over = true;
    clearTimeout(this.patience);
    for (const begin of this.waiting.splice(0)) begin();
  }

  private admit(): void {
    const free = this.limit - this.underWay - this.coming;
    if (free > 0) {
      const admitted = this.waiting.splice(0, free);
      this.coming += admitted.length;
      for (const begin of admitted) begin();
    }
    if (this.waiting.length === 0 || this.coming === 0 || this.over) return;
    this.patience ??= setTimeout(() => {
      this.patience = undefined;
      this.coming = 0;
      this.admit();
    }, PATIENCE_MS);
  }
}
