/** Whether an operation was asked to end, and who has to hear of it. */
export class Cancellation {
  private readonly listeners: (() => void)[] = [];
  private isAsked = false;

  get isRequested(): boolean {
    return this.isAsked;
  }

  /** Again is no harm: whoever heard of it hears of it again. */
  request(): void {
    this.isAsked = true;
    for (const listener of this.listeners) listener();
  }

  /** Calls `listener` when it is asked for; at once when it was already. */
  whenRequested(listener: () => void): void {
    this.listeners.push(listener);
    if (this.isAsked) listener();
  }
}
