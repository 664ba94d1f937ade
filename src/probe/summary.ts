/** Round-trip times of a few probes as loss, RTT and jitter. Pure. */
import type { Reachability } from "../samples/types.ts";

/**
 * @param rttsMs in the order sent; undefined where no answer came in time.
 * Jitter is the mean absolute difference of successive answered RTTs (RFC 3550 6.4.1 without its smoothing); with
 * fewer than two answers there is none. Times are rounded to microseconds.
 */
export function summarize(
  method: Reachability["method"],
  rttsMs: readonly (number | undefined)[],
): Reachability {
  const answered = rttsMs.filter((rttMs) => rttMs !== undefined);
  const reachability: Reachability = { method, sent: rttsMs.length, received: answered.length };
  if (answered.length === 0) return reachability;
  reachability.rttMs = {
    min: toMicroseconds(Math.min(...answered)),
    mean: toMicroseconds(answered.reduce((sum, rttMs) => sum + rttMs, 0) / answered.length),
    max: toMicroseconds(Math.max(...answered)),
  };
  if (answered.length > 1) {
    let sum = 0;
    for (let at = 1; at < answered.length; at += 1)
      sum += Math.abs((answered[at] as number) - (answered[at - 1] as number));
    reachability.jitterMs = toMicroseconds(sum / (answered.length - 1));
  }
  return reachability;
}

function toMicroseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
