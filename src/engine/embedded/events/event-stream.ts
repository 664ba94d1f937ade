import type { EngineEvent, EventBody } from "../../interface/events.ts";

/** Events of an operation: numbered, kept until they are read, and finished once. */
export class EventStream implements AsyncIterable<EngineEvent> {
  private readonly events: EngineEvent[] = [];
  private sequence = 0;
  private ended = false;
  private wake: (() => void)[] = [];

  push(body: EventBody): void {
    if (this.ended) return;
    this.events.push({ sequence: this.sequence++, timestamp: Math.floor(Date.now() / 1000), ...body });
    this.notify();
  }

  end(): void {
    this.ended = true;
    this.notify();
  }

  private notify(): void {
    const waiting = this.wake;
    this.wake = [];
    for (const wake of waiting) wake();
  }

  /** Every reader sees the events that none has taken yet. */
  async *[Symbol.asyncIterator](): AsyncIterator<EngineEvent> {
    for (;;) {
      const event = this.events.shift();
      if (event) yield event;
      else if (this.ended) return;
      else await new Promise<void>((resolve) => this.wake.push(resolve));
    }
  }
}
