/** How much a counter grew between two readings, or why that cannot be known (RFC 2578 7.1.6, 7.1.10). */
import type { GapReason } from "./types.ts";

const COUNTER32_SIZE = 2n ** 32n;
const COUNTER64_SIZE = 2n ** 64n;

/** What bounds the growth of a counter. */
export interface CounterLimits {
  /** Most the counter can grow in this interval at the nominal speed of its interface; absent when not known. */
  nominalGrowth?: number;
  /** Growth that no port could have had; anything above is a reset of the counter, not traffic. */
  impossibleGrowth?: number;
  /** False when the row moved to another index: then a counter that fell is a new one, never a wrapped one. */
  mayWrap: boolean;
}

export type CounterDelta = { delta: bigint } | { gap: GapReason };

/** Growth of a Counter32 or Counter64. Exact: no value goes through a double. */
export function counterDelta(
  kind: "counter32" | "counter64",
  previous: bigint,
  current: bigint,
  limits: CounterLimits,
): CounterDelta {
  const delta =
    kind === "counter32" ? delta32(previous, current, limits) : delta64(previous, current, limits);
  if ("gap" in delta) return delta;
  if (limits.impossibleGrowth !== undefined && Number(delta.delta) > limits.impossibleGrowth)
    return { gap: "discontinuity" };
  // A counter at zero has just started; from there it cannot outrun its own port (a line card that came back).
  if (
    previous === 0n &&
    limits.nominalGrowth !== undefined &&
    Number(delta.delta) > limits.nominalGrowth * 1.1
  )
    return { gap: "discontinuity" };
  return delta;
}

function delta32(previous: bigint, current: bigint, limits: CounterLimits): CounterDelta {
  const { nominalGrowth } = limits;
  if (nominalGrowth !== undefined && nominalGrowth >= 2 ** 32) return { gap: "wrap-ambiguous" };
  if (current >= previous) return { delta: current - previous };
  if (!limits.mayWrap) return { gap: "renumbered" };
  if (nominalGrowth === undefined) return { gap: "wrap-ambiguous" };
  const wrapped = current + COUNTER32_SIZE - previous;
  // More than the port can carry: the counter was cleared rather than wrapped.
  return Number(wrapped) <= nominalGrowth ? { delta: wrapped } : { gap: "discontinuity" };
}

function delta64(previous: bigint, current: bigint, limits: CounterLimits): CounterDelta {
  if (current >= previous) return { delta: current - previous };
  if (!limits.mayWrap) return { gap: "renumbered" };
  const wrapped = current + COUNTER64_SIZE - previous;
  // No port fills 2^64 octets, so a fall is a reset, but for agents that start their counters near the top.
  return limits.nominalGrowth !== undefined && Number(wrapped) <= limits.nominalGrowth
    ? { delta: wrapped }
    : { gap: "discontinuity" };
}
