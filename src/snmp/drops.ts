import type { DropCounters } from "./types.ts";

/** Counters at zero. */
export function noDrops(): DropCounters {
  return {
    malformed: 0,
    wrongAddress: 0,
    unknownRequest: 0,
    wrongCommunity: 0,
    duplicate: 0,
    unauthenticated: 0,
    notInTimeWindow: 0,
  };
}
