/** Bounds of the adaptive time-out: half a second at least, for agents that are quick once and slow on big tables. */
const LEAST_TIMEOUT_MS = 500;

/** Smoothed round-trip time and its variance (RFC 6298), from answers that belong to one attempt only. */
export class RoundTrip {
  smoothedMs: number | undefined;
  private varianceMs = 0;

  sample(elapsedMs: number): void {
    if (this.smoothedMs === undefined) {
      this.smoothedMs = elapsedMs;
      this.varianceMs = elapsedMs / 2;
      return;
    }
    this.varianceMs += (Math.abs(elapsedMs - this.smoothedMs) - this.varianceMs) / 4;
    this.smoothedMs += (elapsedMs - this.smoothedMs) / 8;
  }

  /** How long the first attempt waits: `configuredMs` until measured, then less for quick devices, never more. */
  firstTimeoutMs(configuredMs: number): number {
    if (this.smoothedMs === undefined) return configuredMs;
    return Math.min(configuredMs, Math.max(LEAST_TIMEOUT_MS, this.smoothedMs + 4 * this.varianceMs));
  }
}
