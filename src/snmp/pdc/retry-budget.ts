/** Repeats allowed per first send (at most a tenth more traffic when everything is silent). */
const SHARE = 0.1;
/** What a quiet driver may always spend, and the most that is saved up. */
const RESERVE = 200;
/** Refill per second without any traffic, so that a few devices are never starved. */
const REFILL_PER_SECOND = 20;

/**
 * The global budget for repeats: when thousands of devices fall silent at once, repeats stay a fraction of the
 * traffic, and there is no storm when they come back. Devices that answered lately may spend all of it, silent ones
 * only the upper half.
 */
export class RetryBudget {
  private tokens = RESERVE;
  private refilledAtMs: number;

  constructor(nowMs: number) {
    this.refilledAtMs = nowMs;
  }

  /** A first send was made. */
  earn(): void {
    this.tokens = Math.min(this.tokens + SHARE, RESERVE);
  }

  /** Whether a repeat may be sent now; takes it from the budget. */
  spend(nowMs: number, answeredBefore: boolean): boolean {
    this.tokens = Math.min(this.tokens + ((nowMs - this.refilledAtMs) / 1000) * REFILL_PER_SECOND, RESERVE);
    this.refilledAtMs = nowMs;
    if (this.tokens < (answeredBefore ? 1 : RESERVE / 2)) return false;
    this.tokens -= 1;
    return true;
  }
}
