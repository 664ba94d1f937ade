import type { VarBind, VarBindType } from "../types.ts";
import type { BerCursor } from "./ber-cursor.ts";
import { octetsToOid } from "./oid.ts";
import { TAG } from "./tags.ts";

/** Net-SNMP's "special" types inside Opaque: 0x9f78 is a float, 0x9f79 a double (NET-SNMP-TC, Perkins' draft). */
const OPAQUE_FLOAT = 0x78;
const OPAQUE_DOUBLE = 0x79;

/** BigInt from two halves with one allocation: the halves are stored in memory, the bigint is loaded from it. */
const halves = new Uint32Array(2);
const whole = new BigUint64Array(halves.buffer);
const lowHalf = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;

/** Where a decoded value is put, so that the hot loops need no object per value. */
export class ValueSlot {
  type: VarBindType = "Null";
  value: VarBind["value"] = null;
  /** Unsigned values that an agent had encoded as negative numbers, and that were read as what they mean. */
  repaired = 0;
}

/** Decodes the element at the cursor (within `limit`) into `slot`; the position moves behind it. */
export function decodeValue(cursor: BerCursor, limit: number, slot: ValueSlot): void {
  const tag = cursor.open(limit);
  switch (tag) {
    case TAG.counter32:
      slot.type = "Counter32";
      slot.value = unsigned32(cursor, slot);
      return;
    case TAG.gauge32:
    case TAG.uinteger32:
      slot.type = "Gauge32";
      slot.value = unsigned32(cursor, slot);
      return;
    case TAG.timeTicks:
      slot.type = "TimeTicks";
      slot.value = unsigned32(cursor, slot);
      return;
    case TAG.integer:
      slot.type = "Integer32";
      slot.value = cursor.integerContents();
      return;
    case TAG.counter64:
      slot.type = "Counter64";
      slot.value = unsigned64(cursor);
      return;
    case TAG.octetString:
      slot.type = "OctetString";
      slot.value = octetsOf(cursor);
      return;
    case TAG.oid: {
      slot.type = "ObjectIdentifier";
      const start = cursor.position;
      cursor.checkOid(start, cursor.end);
      slot.value = octetsToOid(cursor.octets, start, cursor.end);
      cursor.position = cursor.end;
      return;
    }
    case TAG.ipAddress:
      slot.type = "IpAddress";
      slot.value = ipAddress(cursor);
      return;
    case TAG.opaque:
      opaque(cursor, slot);
      return;
    case TAG.null:
      nothing(cursor, slot, "Null");
      return;
    case TAG.noSuchObject:
      nothing(cursor, slot, "noSuchObject");
      return;
    case TAG.noSuchInstance:
      nothing(cursor, slot, "noSuchInstance");
      return;
    case TAG.endOfMibView:
      nothing(cursor, slot, "endOfMibView");
      return;
    default:
      cursor.fail("wrong-tag", `value has tag 0x${tag.toString(16)}`);
  }
}

function nothing(cursor: BerCursor, slot: ValueSlot, type: VarBindType): void {
  if (cursor.end !== cursor.position) cursor.fail("bad-value", `${type} with contents`);
  slot.type = type;
  slot.value = null;
}

/**
 * Counter32, Gauge32, TimeTicks. Some agents encode them as signed numbers ("41 01 ff" for 4294967295); these are
 * read as the 32 bits they stand for, and counted.
 */
function unsigned32(cursor: BerCursor, slot: ValueSlot): number {
  const { octets, end } = cursor;
  const start = cursor.position;
  const length = end - start;
  if (length < 1 || length > 5) cursor.fail("bad-integer", `unsigned integer of ${length} octets`);
  let value = octets[start]!;
  if (value >= 0x80) {
    if (length === 5) cursor.fail("out-of-range", "unsigned integer beyond 32 bits");
    value -= 0x100;
    slot.repaired += 1;
  }
  for (let i = start + 1; i < end; i++) value = value * 256 + octets[i]!;
  if (value > 0xffffffff) cursor.fail("out-of-range", "unsigned integer beyond 32 bits");
  cursor.position = end;
  return value >= 0 ? value : value + 0x100000000;
}

function unsigned64(cursor: BerCursor): bigint {
  const { octets, end } = cursor;
  const start = cursor.position;
  const length = end - start;
  if (length < 1 || length > 9 || (length === 9 && octets[start] !== 0)) {
    cursor.fail("bad-integer", `Counter64 of ${length} octets`);
  }
  let low = 0;
  let high = 0;
  const split = end - 4;
  for (let i = start; i < split; i++) high = high * 256 + octets[i]!;
  for (let i = Math.max(split, start); i < end; i++) low = low * 256 + octets[i]!;
  halves[lowHalf] = low;
  halves[1 - lowHalf] = high;
  cursor.position = end;
  return whole[0]!;
}

function octetsOf(cursor: BerCursor): Buffer {
  const { octets, position, end } = cursor;
  cursor.position = end;
  return octets.subarray(position, end);
}

function ipAddress(cursor: BerCursor): string {
  const { octets, position, end } = cursor;
  if (end - position !== 4) cursor.fail("bad-value", `IpAddress of ${end - position} octets`);
  cursor.position = end;
  return `${octets[position]}.${octets[position + 1]}.${octets[position + 2]}.${octets[position + 3]}`;
}

function opaque(cursor: BerCursor, slot: ValueSlot): void {
  const { octets, position, end } = cursor;
  const special = end - position >= 3 && octets[position] === 0x9f ? octets[position + 1]! : 0;
  if (special !== OPAQUE_FLOAT && special !== OPAQUE_DOUBLE) {
    slot.type = "Opaque";
    slot.value = octetsOf(cursor);
    return;
  }
  const size = special === OPAQUE_FLOAT ? 4 : 8;
  if (octets[position + 2] !== size || end - position !== size + 3) {
    cursor.fail("bad-value", "Opaque float of a wrong length");
  }
  const view = new DataView(octets.buffer, octets.byteOffset + position + 3, size);
  slot.type = size === 4 ? "OpaqueFloat" : "OpaqueDouble";
  slot.value = size === 4 ? view.getFloat32(0) : view.getFloat64(0);
  cursor.position = end;
}
