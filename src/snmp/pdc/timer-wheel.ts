/** What waits in the wheel; the links are the wheel's own. */
export class WheelEntry {
  /** When it is due, on the monotonic clock, ms. */
  dueMs = 0;
  previous: WheelEntry = this;
  next: WheelEntry = this;

  /** Called by the wheel when due. */
  expired(_nowMs: number): void {}
}

const TICK_MS = 10;
const SLOTS = 512;

/**
 * One timer for thousands of requests in flight: a ring of slots, each a list; adding and removing cost the same
 * whatever the number. Precision is one tick (10 ms). It keeps the process alive only while something waits in it.
 */
export class TimerWheel {
  private readonly slots: WheelEntry[] = Array.from({ length: SLOTS }, () => new WheelEntry());
  private waiting = 0;
  private slotTick = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  get size(): number {
    return this.waiting;
  }

  /** Adds an entry that is in no wheel, or moves one that is in this wheel. */
  schedule(entry: WheelEntry, dueMs: number): void {
    if (entry.next === entry) {
      this.waiting += 1;
      if (this.timer === undefined) this.start();
    } else {
      unlink(entry);
    }
    entry.dueMs = dueMs;
    const tick = Math.max(Math.ceil(dueMs / TICK_MS), this.slotTick + 1);
    const head = this.slots[tick % SLOTS]!;
    entry.previous = head.previous;
    entry.next = head;
    head.previous.next = entry;
    head.previous = entry;
  }

  cancel(entry: WheelEntry): void {
    if (entry.next === entry) return;
    unlink(entry);
    this.waiting -= 1;
  }

  private start(): void {
    this.slotTick = Math.floor(this.now() / TICK_MS);
    this.timer = setTimeout(() => this.turn(), TICK_MS);
  }

  private turn(): void {
    const now = this.now();
    // After a suspend or a blocked loop one turn of the whole ring finds everything that is due.
    const last = Math.floor(now / TICK_MS);
    const first = Math.max(this.slotTick + 1, last - SLOTS + 1);
    this.slotTick = last;
    for (let tick = first; tick <= last; tick++) this.expire(this.slots[tick % SLOTS]!, now);
    this.timer = this.waiting > 0 ? setTimeout(() => this.turn(), TICK_MS) : undefined;
  }

  private expire(head: WheelEntry, now: number): void {
    const due: WheelEntry[] = [];
    for (let entry = head.next; entry !== head; entry = entry.next) if (entry.dueMs <= now) due.push(entry);
    for (const entry of due) {
      // An earlier one may have cancelled or moved this one.
      if (entry.next === entry || entry.dueMs > now) continue;
      unlink(entry);
      this.waiting -= 1;
      entry.expired(now);
    }
  }
}

function unlink(entry: WheelEntry): void {
  entry.previous.next = entry.next;
  entry.next.previous = entry.previous;
  entry.previous = entry;
  entry.next = entry;
}
