/** RFC 3414 2.2.3: messages older than this are not timely. */
export const TIME_WINDOW_SECONDS = 150;
/** RFC 3414 2.2.2: an engine whose boots reached this number must be configured anew. */
export const LAST_BOOTS = 2_147_483_647;

/**
 * Boots and time of an authoritative engine as we, who are not it, know them (RFC 3414 2.3). Runs on the monotonic
 * clock, so that a change of the local time does nothing. What an unauthenticated report says is a guess: good
 * enough to send with, never to judge answers by.
 */
export class EngineClock {
  boots: number;
  private timeSeconds: number;
  private atMs: number;
  private latestSeconds: number;
  /** Boots and time come from an authenticated message. */
  authentic = false;

  constructor(boots: number, timeSeconds: number, nowMs: number) {
    this.boots = boots;
    this.timeSeconds = timeSeconds;
    this.latestSeconds = timeSeconds;
    this.atMs = nowMs;
  }

  /** The engine's time now, seconds. */
  seconds(nowMs: number): number {
    return this.timeSeconds + Math.floor((nowMs - this.atMs) / 1000);
  }

  /** Takes boots and time of an authenticated message; false when the message is not timely (RFC 3414 3.2, 7b). */
  accept(boots: number, timeSeconds: number, nowMs: number): boolean {
    if (!this.authentic) {
      this.set(boots, timeSeconds, nowMs);
      return boots !== LAST_BOOTS;
    }
    if (boots > this.boots || (boots === this.boots && timeSeconds > this.latestSeconds)) {
      this.set(boots, timeSeconds, nowMs);
    }
    if (this.boots === LAST_BOOTS || boots < this.boots) return false;
    return timeSeconds >= this.seconds(nowMs) - TIME_WINDOW_SECONDS;
  }

  private set(boots: number, timeSeconds: number, nowMs: number): void {
    this.boots = boots;
    this.timeSeconds = timeSeconds;
    this.latestSeconds = timeSeconds;
    this.atMs = nowMs;
    this.authentic = true;
  }
}
