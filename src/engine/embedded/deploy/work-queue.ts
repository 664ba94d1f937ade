/** Does pieces of work one after the other, in the order in which they came. */
export class WorkQueue {
  private readonly waiting: (() => Promise<void>)[] = [];
  private running: Promise<void> | undefined;
  private closed = false;

  /** Work that comes after {@link close} is dropped. */
  push(work: () => Promise<void>): void {
    if (this.closed) return;
    this.waiting.push(work);
    this.running ??= this.drain();
  }

  private async drain(): Promise<void> {
    // The caller's turn ends first, as it would if the work came over a wire.
    await Promise.resolve();
    for (let work = this.waiting.shift(); work; work = this.waiting.shift()) await work();
    this.running = undefined;
  }

  /** Nothing that waits is begun any more. */
  close(): void {
    this.closed = true;
    this.waiting.length = 0;
  }

  /** Resolves when nothing is being done. */
  async settled(): Promise<void> {
    while (this.running) await this.running;
  }
}
