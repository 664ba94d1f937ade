/** From hints to polls before their turn: many hints of a device are one poll, and none comes too often. Pure. */
import type { Hint, HintName } from "./types.ts";

export interface EarlyPollOptions {
  /** Shortest time between two early polls of one device, ms (default 15,000). */
  intervalMs?: number;
  /** How long the first hint of a device waits for others, ms (default 500). */
  settleMs?: number;
}

/** A poll that is due, and what asked for it. */
export interface EarlyPoll {
  device: string;
  hints: number;
  /** The most telling of them. */
  name: HintName;
}

interface Waiting extends EarlyPoll {
  dueMs: number;
  /** The newest of the hints. */
  hintedMs: number;
}

/** After a restart the agent needs a moment until it answers for what is there. */
const RESTART_SETTLE_MS = 5000;
/** The most telling first. */
const order: readonly HintName[] = [
  "lastGasp",
  "onBattery",
  "coldStart",
  "warmStart",
  "linkDown",
  "linkUp",
  "authenticationFailure",
  "other",
];

/** At most one entry a device, so it is bounded by the inventory. `nowMs` is monotonic everywhere. */
export class EarlyPolls {
  readonly #intervalMs: number;
  readonly #settleMs: number;
  readonly #waiting = new Map<string, Waiting>();
  readonly #lastMs = new Map<string, number>();

  constructor(options: EarlyPollOptions = {}) {
    this.#intervalMs = options.intervalMs ?? 15_000;
    this.#settleMs = options.settleMs ?? 500;
  }

  add({ device, name }: Pick<Hint, "device" | "name">, nowMs: number): void {
    const settleMs = name === "coldStart" || name === "warmStart" ? RESTART_SETTLE_MS : this.#settleMs;
    const allowedMs = (this.#lastMs.get(device) ?? Number.NEGATIVE_INFINITY) + this.#intervalMs;
    const known = this.#waiting.get(device);
    // Hints that go on coming do not put the poll off; only a restart, once, does.
    const dueMs = Math.max(known?.dueMs ?? nowMs + settleMs, allowedMs);
    this.#waiting.set(device, {
      device,
      dueMs,
      hintedMs: nowMs,
      hints: (known?.hints ?? 0) + 1,
      name: known && order.indexOf(known.name) <= order.indexOf(name) ? known.name : name,
    });
  }

  /** A poll in turn, which began then: it answers what was hinted before, but not a restart of just now. */
  polled(device: string, beganMs: number): void {
    const waiting = this.#waiting.get(device);
    if (!waiting || waiting.hintedMs > beganMs) return;
    const isRestart = waiting.name === "coldStart" || waiting.name === "warmStart";
    if (!isRestart || waiting.dueMs <= beganMs) this.#waiting.delete(device);
  }

  /** Takes what is due, the oldest first, at most `count`. */
  take(nowMs: number, count: number): EarlyPoll[] {
    const due = [...this.#waiting.values()]
      .filter(({ dueMs }) => dueMs <= nowMs)
      .sort((a, b) => a.dueMs - b.dueMs)
      .slice(0, count);
    for (const { device } of due) {
      this.#waiting.delete(device);
      this.#lastMs.set(device, nowMs);
    }
    return due.map(({ device, hints, name }) => ({ device, hints, name }));
  }

  /** When something is due next. */
  nextMs(): number | undefined {
    let next: number | undefined;
    for (const { dueMs } of this.#waiting.values()) if (next === undefined || dueMs < next) next = dueMs;
    return next;
  }

  /** Forgets devices that are no more. */
  keepOnly(devices: ReadonlySet<string>): void {
    for (const map of [this.#waiting, this.#lastMs])
      for (const device of map.keys()) if (!devices.has(device)) map.delete(device);
  }
}
