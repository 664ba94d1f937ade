/**
 * BER written from the end of the buffer to its beginning, so that every length is known when it is written and
 * nothing is copied twice. One writer serves every agent of a process: a response is built and taken in one go.
 */
export class BackwardWriter {
  #octets: Buffer;
  #at: number;

  constructor(capacity = 65_535) {
    this.#octets = Buffer.allocUnsafe(capacity);
    this.#at = capacity;
  }

  get length(): number {
    return this.#octets.length - this.#at;
  }

  reset(): void {
    this.#at = this.#octets.length;
  }

  /** A copy of what was written, at home in the caller's hands. */
  take(): Buffer {
    const copy = Buffer.allocUnsafe(this.length);
    this.#octets.copy(copy, 0, this.#at);
    return copy;
  }

  octets(source: Uint8Array): void {
    this.#at -= source.length;
    this.#octets.set(source, this.#at);
  }

  octet(value: number): void {
    this.#octets[--this.#at] = value;
  }

  /** Tag and length of what was written since `length` was `before`. */
  header(tag: number, before: number): void {
    const length = this.length - before;
    if (length < 0x80) this.octet(length);
    else {
      this.octet(length & 0xff);
      if (length < 0x100) this.octet(0x81);
      else {
        this.octet(length >>> 8);
        this.octet(0x82);
      }
    }
    this.octet(tag);
  }

  /** An unsigned number with its tag, minimal octets (a leading zero where the sign bit would be set). */
  unsigned(tag: number, value: number | bigint): void {
    const before = this.length;
    if (typeof value === "bigint") {
      this.#word(Number(value & 0xffffffffn), value > 0xffffffffn);
      if (value > 0xffffffffn) this.#word(Number(value >> 32n), false);
    } else {
      const high = Math.floor(value / 0x100000000);
      this.#word(value >>> 0, high > 0);
      if (high > 0) this.#word(high, false);
    }
    if (this.#octets[this.#at]! >= 0x80) this.octet(0);
    this.header(tag, before);
  }

  #word(word: number, isPadded: boolean): void {
    this.octet(word & 0xff);
    if (isPadded || word > 0xff) this.octet((word >>> 8) & 0xff);
    if (isPadded || word > 0xffff) this.octet((word >>> 16) & 0xff);
    if (isPadded || word > 0xffffff) this.octet((word >>> 24) & 0xff);
  }

  /** A two's-complement INTEGER of at most 32 bits. */
  integer(tag: number, value: number): void {
    const before = this.length;
    let rest = value | 0;
    for (;;) {
      this.octet(rest & 0xff);
      const next = rest >> 8;
      const isSigned = (rest & 0x80) !== 0;
      if ((next === 0 && !isSigned) || (next === -1 && isSigned)) break;
      rest = next;
    }
    this.header(tag, before);
  }
}
