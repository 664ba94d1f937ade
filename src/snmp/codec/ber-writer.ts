/**
 * Writes BER from the last octet to the first: contents before their length, so that every length is known and
 * minimal, and nothing is moved. `mark()` before the contents, `close(tag, mark)` after them.
 */
export class BerWriter {
  private octets: Buffer;
  /** Offset of the first octet written so far. */
  private start: number;

  constructor(size = 2048) {
    this.octets = Buffer.allocUnsafe(size);
    this.start = size;
  }

  /** Forgets what was written; the memory is used again. */
  reset(): void {
    this.start = this.octets.length;
  }

  /** How much is written; also the mark for `close`. */
  mark(): number {
    return this.octets.length - this.start;
  }

  /** A copy of what was written. */
  take(): Buffer {
    const taken = Buffer.allocUnsafe(this.octets.length - this.start);
    this.octets.copy(taken, 0, this.start);
    return taken;
  }

  /** Puts tag and length before everything written since `mark`. */
  close(tag: number, mark: number): void {
    const length = this.mark() - mark;
    if (length < 0x80) {
      this.octet(length);
    } else if (length < 0x100) {
      this.octet(length);
      this.octet(0x81);
    } else if (length < 0x10000) {
      this.octet(length & 0xff);
      this.octet(length >>> 8);
      this.octet(0x82);
    } else {
      this.octet(length & 0xff);
      this.octet((length >>> 8) & 0xff);
      this.octet(length >>> 16);
      this.octet(0x83);
    }
    this.octet(tag);
  }

  octet(value: number): void {
    if (this.start === 0) this.grow(1);
    this.octets[--this.start] = value;
  }

  /** Raw octets, as they are. */
  raw(octets: Uint8Array, from = 0, to = octets.length): void {
    const length = to - from;
    if (this.start < length) this.grow(length);
    this.start -= length;
    const target = this.octets;
    // A loop is quicker than a copy call for the few octets of an OID or a number.
    if (length < 32) for (let i = 0; i < length; i++) target[this.start + i] = octets[from + i]!;
    else target.set(octets.subarray(from, to), this.start);
  }

  /** Tag, length and contents of octets. */
  element(tag: number, octets: Uint8Array): void {
    const mark = this.mark();
    this.raw(octets);
    this.close(tag, mark);
  }

  /** A signed 32-bit number in the fewest octets. */
  integer(value: number, tag = 0x02): void {
    const mark = this.mark();
    let rest = value;
    let octet: number;
    do {
      octet = rest & 0xff;
      this.octet(octet);
      rest >>= 8;
    } while (!((rest === 0 && octet < 0x80) || (rest === -1 && octet >= 0x80)));
    this.close(tag, mark);
  }

  /** An unsigned number of up to 32 bits. */
  unsigned(value: number, tag: number): void {
    const mark = this.mark();
    let rest = value;
    let octet: number;
    do {
      octet = rest & 0xff;
      this.octet(octet);
      rest = Math.floor(rest / 256);
    } while (rest > 0);
    if (octet >= 0x80) this.octet(0);
    this.close(tag, mark);
  }

  /** An unsigned number of up to 64 bits. */
  unsigned64(value: bigint, tag: number): void {
    const mark = this.mark();
    let rest = value;
    let octet: number;
    do {
      octet = Number(rest & 0xffn);
      this.octet(octet);
      rest >>= 8n;
    } while (rest > 0n);
    if (octet >= 0x80) this.octet(0);
    this.close(tag, mark);
  }

  private grow(need: number): void {
    const written = this.mark();
    const larger = Buffer.allocUnsafe(Math.max(this.octets.length * 2, written + need));
    this.octets.copy(larger, larger.length - written, this.start);
    this.octets = larger;
    this.start = larger.length - written;
  }
}
