import type { IncidentRules } from "./types.ts";

/** Customary values, as monitoring systems ship them; a center hands its own to `advance`. */
export const defaultRules: IncidentRules = {
  raiseSnapshots: 2,
  clearSnapshots: 2,
  outageSnapshots: 1,
  flapChanges: 5,
  flapWindowMs: 60 * 60_000,
  flapQuietMs: 30 * 60_000,
  powerWindowMs: 60 * 60_000,
};
