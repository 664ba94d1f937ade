import type { SnmpTarget } from "./types.ts";

/** How long a target is waited for, with the defaults of the seam. */
export interface Patience {
  timeoutMs: number;
  retries: number;
  /** Of all attempts together: each waits twice as long as the one before. */
  totalMs: number;
}

export function patienceOf({ timeoutMs = 2000, retries = 2 }: SnmpTarget): Patience {
  return { timeoutMs, retries, totalMs: timeoutMs * (2 ** (retries + 1) - 1) };
}

/** What to say when nothing came. */
export function silenceOf(target: SnmpTarget): string {
  const { retries, totalMs } = patienceOf(target);
  return `no answer from port ${target.port ?? 161} after ${retries + 1} tries in ${totalMs / 1000} s`;
}
