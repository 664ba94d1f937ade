/** The vocabulary of reasons: every code health can give, with the values its sentence may use. */
import type { Reason, State } from "./types.ts";

/**
 * Code → names of its values. Report languages have one sentence per code with exactly these placeholders (a test
 * compares them).
 */
export const reasonValues = {
  // Device: does it answer, and can it be measured?
  "no-answer": ["method", "sent"],
  "agent-silent": ["method", "received", "sent"],
  "agent-silent-forwards": ["count"],
  refused: ["message"],
  unauthenticated: ["message"],
  unresolved: ["message"],
  "invalid-answer": ["message"],
  skipped: ["message"],
  "never-polled": [],
  stale: ["ageSeconds"],
  partial: ["classes"],
  rebooted: ["atMs"],
  // Parts of a device
  "processor-busy": ["label", "value", "limit"],
  "memory-used": ["label", "value", "limit"],
  "storage-used": ["label", "value", "limit"],
  "temperature-high": ["label", "value", "limit"],
  "above-limit": ["class", "label", "value", "unit", "limit"],
  "below-limit": ["class", "label", "value", "unit", "limit"],
  "component-state": ["class", "label", "word"],
  "ups-on-battery": ["label", "minutes", "percent"],
  "ups-battery": ["label", "word"],
  "ups-battery-replace": ["label"],
  "ups-overload": ["label", "value", "limit"],
  "bgp-peer-down": ["label", "word"],
  "ospf-neighbor-down": ["label", "word"],
  "vpn-tunnel-down": ["label", "word"],
  "sdwan-link-down": ["label", "word"],
  // Interfaces
  "interface-down": ["interface", "word"],
  "admin-down": ["interface"],
  dormant: ["interface"],
  "not-present": ["interface"],
  "oper-status-other": ["interface", "word"],
  "interface-missing": ["interface"],
  "interface-errors": ["interface", "percent", "perSecond"],
  "interface-errors-rate": ["interface", "perSecond"],
  "interface-discards": ["interface", "percent", "perSecond"],
  "duplex-mismatch": ["interface", "lateCollisions", "fcsErrors"],
  "half-duplex": ["interface"],
  "interface-utilisation": ["interface", "percent", "limit"],
  // Links
  "link-end-down": ["device", "interface", "word"],
  "link-end-shut": ["device", "interface"],
  "link-end-not-present": ["device", "interface"],
  "link-end-unmeasured": ["device", "interface"],
  "far-end-silent": ["device"],
  "no-evidence": [],
  "link-standby": ["device", "interface"],
  "carrying-for-primary": ["primary"],
  "no-backup": ["link"],
  "on-backup": ["primary", "backup"],
  "link-utilisation": ["percent", "limit", "direction"],
  "link-errors": ["device", "interface", "percent"],
  "link-duplex-mismatch": ["halfDevice", "fullDevice"],
  "loss-high": ["percent", "limit"],
  "rtt-high": ["rttMs", "limit"],
  // Suppression and roll-up
  "unreachable-because": ["kind", "id"],
  "child-agencies": ["count", "total"],
  "all-unknown": [],
  "nothing-monitored": [],
} as const satisfies Record<string, readonly string[]>;

export type ReasonCode = keyof typeof reasonValues;

const severityRank = { critical: 0, warning: 1, info: 2 } as const;
/** Worst first, as people look at them: what is certain to be broken, then what is cut off, then the rest. */
export const statesWorstFirst: readonly State[] = ["down", "unreachable", "degraded", "unknown", "up"];

/** A reason; a function so that a misspelt code does not compile. */
export function reason(
  code: ReasonCode,
  severity: Reason["severity"],
  values: Reason["values"] = {},
  evidence?: Reason["evidence"],
): Reason {
  return evidence ? { code, severity, values, evidence } : { code, severity, values };
}

/** Worst first; equal ones keep their order. */
export function sortReasons(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.length < 2
    ? reasons
    : reasons.toSorted((x, y) => severityRank[x.severity] - severityRank[y.severity]);
}

/** Whether anything is worth a person's attention. */
export function hasFault(reasons: readonly Reason[]): boolean {
  return reasons.some(({ severity }) => severity !== "info");
}

/** Negative when `x` is worse than `y`. */
export function compareStates(x: State, y: State): number {
  return statesWorstFirst.indexOf(x) - statesWorstFirst.indexOf(y);
}
