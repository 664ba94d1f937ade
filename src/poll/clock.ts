/** The two clocks of a poller, injected so that tests can turn them. */

export interface Clock {
  /** UTC ms since the epoch, whole; may jump. */
  wallMs(): number;
  /** Ms that only ever go forward, to the microsecond. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => Math.round(performance.now() * 1000) / 1000,
};
