/**
 * The key of a sample: five-minute slot, device number and milliseconds into the slot in one 64-bit integer. SQLite
 * keeps rows in the order of an integer key, so a polling cycle is written to one place at the end of the file, one
 * device is found in a slot without an index, and old slots go (or are rolled up) as one range.
 */
import { crc32 } from "node:zlib";

export const SLOT_MS = 300_000;
export const SLOTS_PER_HOUR = 12;
/** 2^20 devices, and 2^19 > 300,000 ms: 24 bits are left for slots, enough until the year 2129. */
const DEVICE_SHIFT = 19n;
const SLOT_SHIFT = 39n;
export const MAX_DEVICE = 2 ** 20 - 1;
const MAX_SLOT = 2 ** 24 - 1;
const OFFSET_MASK = (1n << DEVICE_SHIFT) - 1n;

export function slotOf(atMs: number): number {
  return Math.min(MAX_SLOT, Math.max(0, Math.floor(atMs / SLOT_MS)));
}

/** @throws RangeError for times before 1970, after 2129, or that are not whole milliseconds. */
export function sampleKey(device: number, atMs: number): bigint {
  if (!Number.isInteger(atMs) || atMs < 0 || atMs >= (MAX_SLOT + 1) * SLOT_MS)
    throw new RangeError(`a sample's time must be whole milliseconds from 1970 to 2129, not ${atMs}`);
  const slot = Math.floor(atMs / SLOT_MS);
  return (BigInt(slot) << SLOT_SHIFT) | (BigInt(device) << DEVICE_SHIFT) | BigInt(atMs - slot * SLOT_MS);
}

/** First key of a slot. */
export function slotKey(slot: number): bigint {
  return BigInt(slot) << SLOT_SHIFT;
}

export function slotOfKey(key: bigint): number {
  return Number(key >> SLOT_SHIFT);
}

/** Keys of one device in one slot: `first` to `last`, both included. */
export function deviceKeys(slot: number, device: number): { first: bigint; last: bigint } {
  const first = slotKey(slot) | (BigInt(device) << DEVICE_SHIFT);
  return { first, last: first | OFFSET_MASK };
}

const HOUR_SHIFT = 20n;

/** Key of a packed hour: hour since 1970, device. */
export function hourKey(hour: number, device: number): bigint {
  return (BigInt(Math.min(hour, MAX_SLOT)) << HOUR_SHIFT) | BigInt(device);
}

export function hourOfKey(key: bigint): number {
  return Number(key >> HOUR_SHIFT);
}

export function deviceOfHourKey(key: bigint): number {
  return Number(key & BigInt(MAX_DEVICE));
}

/** The device number in a sample's key. */
export function deviceOfKey(key: bigint): number {
  return Number((key >> DEVICE_SHIFT) & BigInt(MAX_DEVICE));
}

export function timeOfKey(key: bigint): number {
  return slotOfKey(key) * SLOT_MS + Number(key & OFFSET_MASK);
}

const keyOctets = Buffer.alloc(8);

/**
 * What the CRC of a record begins with: its device and its key, so that a record in another's place is found. No key of
 * ours is negative, but one that was read from a damaged file may be.
 */
export function keySeed(device: string, key: bigint): number {
  keyOctets.writeBigInt64BE(key);
  return crc32(keyOctets, crc32(device));
}
