import { DecodeError } from "./decode-error.ts";

/** Octets of a BER length after the first (RFC 3417 lets it be longer than needed, real agents do that). */
const MAX_LENGTH_OCTETS = 4;
/** Sub-identifiers of one OID (RFC 2578 section 3.5). */
const MAX_SUB_IDS = 128;

/**
 * A position in a datagram. `open` reads identifier and length and leaves the position at the contents, `end` at
 * their end. Nothing is copied, nothing is allocated from a claimed length, and nothing recurses, so that the work
 * is bounded by the size of the datagram.
 */
export class BerCursor {
  octets: Buffer;
  position = 0;
  /** End of the contents opened last. */
  end: number;

  constructor(octets: Uint8Array) {
    this.octets = asBuffer(octets);
    this.end = octets.length;
  }

  /** Begins anew on other octets; the receive path keeps one cursor for all datagrams. */
  reset(octets: Uint8Array): void {
    this.octets = asBuffer(octets);
    this.position = 0;
    this.end = octets.length;
  }

  fail(code: DecodeError["code"], detail: string): never {
    throw new DecodeError(code, this.position, detail);
  }

  /** Reads identifier and length of an element that must lie within `limit`; returns the identifier octet. */
  open(limit: number): number {
    const octets = this.octets;
    let position = this.position;
    if (position + 2 > limit) this.fail("truncated", "no room for tag and length");
    const tag = octets[position]!;
    let length = octets[position + 1]!;
    position += 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > MAX_LENGTH_OCTETS) this.fail("bad-length", `length of ${count} octets`);
      if (position + count > limit) this.fail("truncated", "length cut off");
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + octets[position++]!;
    }
    const end = position + length;
    if (end > limit) this.fail("truncated", `element of ${length} octets is longer than what holds it`);
    this.position = position;
    this.end = end;
    return tag;
  }

  /** Opens an element of exactly this tag and returns the end of its contents. */
  expect(tag: number, limit: number, what: string): number {
    const found = this.open(limit);
    if (found !== tag) this.fail("wrong-tag", `${what} has tag 0x${found.toString(16)}`);
    return this.end;
  }

  /**
   * Opens a variable and its name: the position is at the name's contents, `end` at their end. Returns the end of
   * the variable. (The short form of both lengths, which nearly all have, is read in one go.)
   */
  openVariable(limit: number): number {
    const { octets, position } = this;
    if (position + 4 <= limit && octets[position] === 0x30 && octets[position + 2] === 0x06) {
      const length = octets[position + 1]!;
      const nameLength = octets[position + 3]!;
      if (length < 0x80 && nameLength + 2 <= length && position + 2 + length <= limit) {
        this.position = position + 4;
        this.end = position + 4 + nameLength;
        return position + 2 + length;
      }
    }
    const end = this.expect(0x30, limit, "variable");
    this.expect(0x06, end, "name of a variable");
    return end;
  }

  /** The contents opened last as a signed 32-bit number; the position moves behind them. */
  integerContents(): number {
    const { octets, end } = this;
    const length = end - this.position;
    if (length < 1 || length > 5) this.fail("bad-integer", `integer of ${length} octets`);
    let value = (octets[this.position]! << 24) >> 24;
    for (let i = this.position + 1; i < end; i++) value = value * 256 + octets[i]!;
    if (value < -0x80000000 || value > 0x7fffffff) this.fail("out-of-range", "integer beyond 32 bits");
    this.position = end;
    return value;
  }

  /** Opens an INTEGER and returns its value. */
  integer(limit: number, what: string): number {
    this.expect(0x02, limit, what);
    return this.integerContents();
  }

  /** The contents opened last, as a view; the position moves behind them. */
  contents(): Uint8Array {
    const view = this.octets.subarray(this.position, this.end);
    this.position = this.end;
    return view;
  }

  /** Refuses octets between the position and `end`. */
  finish(end: number, what: string): void {
    if (this.position !== end) this.fail("trailing-octets", `octets after ${what}`);
  }

  /** Checks an OID in `[start, end)` and returns how many sub-identifiers it has (the first octets are two). */
  checkOid(start: number, end: number): number {
    const octets = this.octets;
    let count = 1;
    let position = start;
    while (position < end) {
      const first = octets[position]!;
      position += 1;
      count += 1;
      if (first < 0x80) continue;
      if (first === 0x80) this.fail("bad-oid", "sub-identifier with a leading zero");
      let value = first & 0x7f;
      let octet: number;
      do {
        if (position >= end) this.fail("bad-oid", "sub-identifier cut off");
        octet = octets[position++]!;
        value = value * 128 + (octet & 0x7f);
        if (value > 0xffffffff) this.fail("bad-oid", "sub-identifier beyond 32 bits");
      } while (octet >= 0x80);
    }
    if (count > MAX_SUB_IDS) this.fail("bad-oid", `more than ${MAX_SUB_IDS} sub-identifiers`);
    return count;
  }
}

/** One kind of array for all octets, without a copy: the decoder is the quicker for it. */
function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.length);
}
