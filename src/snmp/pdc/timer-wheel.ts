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
 * whatever the number. Precision is one tick (10 ms). It sleeps until the next slot that is not empty, and keeps
 * the process alive only while something waits.
 */
export class TimerWheel {
  private readonly slots: WheelEntry[] = Array.from({ length: SLOTS }, () => new WheelEntry());
  private readonly now: () => number;
  private waiting = 0;
  /** The last tick whose slot was looked at. */
  private lastTick = 0;
  private timer: NodeJS.Timeout | undefined;
  private wakesAtTick = 0;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  get size(): number {
    return this.waiting;
  }

  /** Adds an entry that is in no wheel, or moves one that is in this wheel. */
  schedule(entry: WheelEntry, dueMs: number): void {
    // With all slots empty nothing is passed over.
    if (this.waiting === 0) this.lastTick = Math.floor(this.now() / TICK_MS);
    if (entry.next === entry) this.waiting += 1;
    else unlink(entry);
    entry.dueMs = dueMs;
    const tick = Math.max(Math.ceil(dueMs / TICK_MS), this.lastTick + 1);
    const head = this.slots[tick % SLOTS]!;
    entry.previous = head.previous;
    entry.next = head;
    head.previous.next = entry;
    head.previous = entry;
    if (this.timer === undefined || tick < this.wakesAtTick) this.wakeAt(tick);
  }

  cancel(entry: WheelEntry): void {
    if (entry.next === entry) return;
    unlink(entry);
    this.waiting -= 1;
    // The timer stays and goes off in vain: most entries are cancelled, and stopping it each time costs more.
  }

  /** Forgets everything. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const head of this.slots) while (head.next !== head) this.cancel(head.next);
  }

  private wakeAt(tick: number): void {
    clearTimeout(this.timer);
    this.wakesAtTick = tick;
    this.timer = setTimeout(() => this.turn(), Math.max(1, tick * TICK_MS - this.now()));
  }

  private turn(): void {
    this.timer = undefined;
    const now = this.now();
    const tick = Math.floor(now / TICK_MS);
    // After a suspend or a blocked loop one turn of the whole ring finds everything that is due.
    const first = Math.max(this.lastTick + 1, tick - SLOTS + 1);
    this.lastTick = tick;
    for (let each = first; each <= tick; each++) this.expire(this.slots[each % SLOTS]!, now);
    if (this.waiting > 0) this.wakeAtNext();
  }

  private wakeAtNext(): void {
    let tick = this.lastTick + 1;
    for (let i = 1; i < SLOTS; i++, tick++) {
      const head = this.slots[tick % SLOTS]!;
      if (head.next !== head) break;
    }
    if (this.timer === undefined || tick < this.wakesAtTick) this.wakeAt(tick);
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
