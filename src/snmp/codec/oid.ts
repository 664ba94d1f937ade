/** One sub-identifier beyond 32 bits, or more than 128 of them, is no OID (RFC 2578 section 3.5). */
const MAX_SUB_ID = 0xffffffff;
const MAX_SUB_IDS = 128;

/**
 * Contents octets of an OID given as dotted text ("1.3.6.1", a leading dot is allowed).
 * Throws RangeError when the text is no OID.
 */
export function oidToOctets(oid: string): Buffer {
  const subIds = oid.startsWith(".") ? oid.slice(1).split(".") : oid.split(".");
  if (subIds.length > MAX_SUB_IDS) throw new RangeError(`"${oid}": more than ${MAX_SUB_IDS} sub-identifiers`);
  const numbers = subIds.map((text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value <= MAX_SUB_ID)) throw new RangeError(`"${oid}" is not an object identifier`);
    return value;
  });
  const first = numbers[0]!;
  const second = numbers[1] ?? 0;
  if (first > 2 || (first < 2 && second > 39)) throw new RangeError(`"${oid}" is not an object identifier`);
  const octets: number[] = [];
  pushSubId(octets, first * 40 + second);
  for (let i = 2; i < numbers.length; i++) pushSubId(octets, numbers[i]!);
  return Buffer.from(octets);
}

function pushSubId(octets: number[], value: number): void {
  if (value >= 0x10000000) octets.push(0x80 | Math.floor(value / 0x10000000));
  if (value >= 0x200000) octets.push(0x80 | ((value >>> 21) & 0x7f));
  if (value >= 0x4000) octets.push(0x80 | ((value >>> 14) & 0x7f));
  if (value >= 0x80) octets.push(0x80 | ((value >>> 7) & 0x7f));
  octets.push(value & 0x7f);
}

/** Dotted text of an OID's contents octets, which must have been checked (`BerCursor.checkOid`). Empty gives "0.0". */
export function octetsToOid(octets: Uint8Array, start = 0, end = octets.length): string {
  if (start >= end) return "0.0";
  let position = start;
  let value = 0;
  let octet: number;
  do {
    octet = octets[position++]!;
    value = value * 128 + (octet & 0x7f);
  } while (octet >= 0x80 && position < end);
  const head = value < 40 ? `0.${value}` : value < 80 ? `1.${value - 40}` : `2.${value - 80}`;
  return position < end ? `${head}.${subIdsToText(octets, position, end)}` : head;
}

/** Dotted text of checked sub-identifiers that do not begin an OID: the index of a row. */
export function subIdsToText(octets: Uint8Array, start: number, end: number): string {
  let text = "";
  let value = 0;
  for (let position = start; position < end; position++) {
    const octet = octets[position]!;
    value = value * 128 + (octet & 0x7f);
    if (octet >= 0x80) continue;
    text = text === "" ? `${value}` : `${text}.${value}`;
    value = 0;
  }
  return text;
}

/**
 * Order of two checked OIDs (or of two index parts) by their octets, without decoding them to numbers:
 * negative, zero or positive. A longer sub-identifier of minimal form is the greater one.
 */
export function compareOids(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < length; i++) {
    const left = a[aStart + i]!;
    const right = b[bStart + i]!;
    if (left === right) continue;
    const leftRest = restOfSubId(a, aStart + i, aEnd);
    const rightRest = restOfSubId(b, bStart + i, bEnd);
    return leftRest === rightRest ? left - right : leftRest - rightRest;
  }
  return aEnd - aStart - (bEnd - bStart);
}

function restOfSubId(octets: Uint8Array, start: number, end: number): number {
  let position = start;
  while (position < end && octets[position]! >= 0x80) position += 1;
  return position - start;
}

/** Order of two dotted OIDs, sub-identifier by sub-identifier. */
export function compareOidText(a: string, b: string): number {
  const left = oidToOctets(a);
  const right = oidToOctets(b);
  return compareOids(left, 0, left.length, right, 0, right.length);
}

/** Whether `oidToOctets` takes this text. */
export function isOid(text: string): boolean {
  try {
    oidToOctets(text);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
