/** Reachability by anything that can be asked and answers: an SNMP GET, a TCP connection. */
import { setTimeout as wait } from "node:timers/promises";
import type { Reachability } from "../samples/types.ts";
import { summarize } from "./summary.ts";

export interface ProbeOptions {
  /** Probes of one measurement (default 3). */
  count?: number;
  /** Between the beginnings of two probes, ms (default 200). 0: each right after the answer of the one before. */
  intervalMs?: number;
  /** How long an answer may take, ms (default 1000). */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export const probeDefaults = { count: 3, intervalMs: 200, timeoutMs: 1000 } as const;

/**
 * Times `ask` a few times, one after the other. A rejection is a lost probe. After a first probe that was lost the
 * others are still sent: loss is what is being measured.
 */
export async function probeByRequest(
  method: Reachability["method"],
  ask: () => Promise<unknown>,
  options: ProbeOptions = {},
): Promise<Reachability> {
  const { count, intervalMs, signal } = { ...probeDefaults, ...options };
  const rttsMs: (number | undefined)[] = [];
  for (let probe = 0; probe < count; probe += 1) {
    const began = performance.now();
    const answered = await ask().then(
      () => true,
      () => false,
    );
    const tookMs = performance.now() - began;
    rttsMs.push(answered ? tookMs : undefined);
    if (signal?.aborted) break;
    if (probe + 1 < count && intervalMs > tookMs)
      await wait(intervalMs - tookMs, undefined, { signal }).catch(() => {});
  }
  return summarize(method, rttsMs);
}
