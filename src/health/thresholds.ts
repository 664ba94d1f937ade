/**
 * Limits that hold where neither the device nor its profile gives its own. They are the customary ones of the
 * field, not of a standard; a center changes them by handing its own to `evaluate`.
 */
export interface Limit {
  warning: number;
  critical: number;
}

export interface Thresholds {
  /** Older than this, a sample says nothing of now. Also three times the device's own interval, when that is longer. */
  staleAfterMs: number;
  /** How long a restart is told. */
  rebootWindowMs: number;
  processorPercent: Limit;
  memoryPercent: Limit;
  storagePercent: Limit;
  celsius: Limit;
  upsLoadPercent: Limit;
  interfaceUtilisationPercent: Limit;
  linkUtilisationPercent: Limit;
  /** Share of packets, percent; counted only from `leastErrors` in one interval. */
  errorPercent: Limit;
  discardPercent: Limit;
  leastErrors: number;
  /** Where the packets are not known: errors per second. */
  errorsPerSecond: number;
  /** Links without an SLO. */
  lossPercent: number;
  /** Probes needed before loss is judged: one lost of three is chance. */
  leastProbes: number;
}

export const defaultThresholds: Thresholds = {
  staleAfterMs: 15 * 60_000,
  rebootWindowMs: 15 * 60_000,
  processorPercent: { warning: 80, critical: 95 },
  memoryPercent: { warning: 90, critical: 97 },
  storagePercent: { warning: 85, critical: 95 },
  celsius: { warning: 75, critical: 90 },
  upsLoadPercent: { warning: 80, critical: 95 },
  interfaceUtilisationPercent: { warning: 85, critical: 95 },
  linkUtilisationPercent: { warning: 80, critical: 95 },
  errorPercent: { warning: 0.1, critical: 1 },
  discardPercent: { warning: 1, critical: 5 },
  leastErrors: 10,
  errorsPerSecond: 1,
  lossPercent: 5,
  leastProbes: 10,
};

/** A value counts as back only when it has left its limit by this share of it: no alarm for every breath of a busy link. */
const CLEAR_MARGIN = 0.05;

/** Which side of a limit a value is on: at the limit is over it, but nothing is never over a limit of nothing. */
export function gradeAbove(value: number, limit: Limit): "critical" | "warning" | undefined {
  if (isOver(value, limit.critical)) return "critical";
  return isOver(value, limit.warning) ? "warning" : undefined;
}

/** A limit of 0 means "any at all" (a count of bad batteries, of failed disks). */
function isOver(value: number, limit: number): boolean {
  return limit === 0 ? value > 0 : value >= limit;
}

/** Under a limit, but not by the margin. */
export function isNearAbove(value: number, limit: number | undefined): boolean {
  return limit !== undefined && value < limit && value > limit - Math.abs(limit) * CLEAR_MARGIN;
}

/** Over a lower limit, but not by the margin. */
export function isNearBelow(value: number, limit: number | undefined): boolean {
  return limit !== undefined && value > limit && value < limit + Math.abs(limit) * CLEAR_MARGIN;
}
