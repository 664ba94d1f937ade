/**
 * The key of a rollup row: level, hour of its begin, component in one 64-bit integer, so that new rows go to the end
 * of their level and old ones are dropped as a range.
 */

export const HOURS_PER_DAY = 24;
/** 2^28 components, 2^28 hours. */
const COMPONENT_BITS = 28n;
const LEVEL_SHIFT = 56n;
const COMPONENT_MASK = (1n << COMPONENT_BITS) - 1n;

export const MAX_HOUR = 2 ** 28 - 1;

/** What a row holds: 12 steps of 300 s, a day's 288 of them, or a day's 24 of 3600 s. */
export const level = { hourOf5Minutes: 0, dayOf5Minutes: 1, dayOfHours: 2 } as const;
export type Level = (typeof level)[keyof typeof level];

export const stepsOf: Readonly<Record<Level, number>> = { 0: 12, 1: 288, 2: 24 };
export const stepMsOf: Readonly<Record<Level, number>> = { 0: 300_000, 1: 300_000, 2: 3_600_000 };

export function rollupKey(of: Level, hour: number, component: number): bigint {
  return (BigInt(of) << LEVEL_SHIFT) | (BigInt(hour) << COMPONENT_BITS) | BigInt(component);
}

export function hourOfRollup(key: bigint): number {
  return Number((key & ((1n << LEVEL_SHIFT) - 1n)) >> COMPONENT_BITS);
}

export function componentOfRollup(key: bigint): number {
  return Number(key & COMPONENT_MASK);
}

/** The UTC day that an hour belongs to, by its first hour. */
export function dayOf(hour: number): number {
  return hour - (hour % HOURS_PER_DAY);
}
