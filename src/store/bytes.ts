/** Numbers and texts as few octets: LEB128 varints, with a tag of three bits that keeps every number exact. */

const INITIAL_SIZE = 4096;
const VARINT_GROUPS_BELOW = 2 ** 28;
/** Tagged values take 49 bits, so that value × 16 (sign and tag) is still exact in a double. */
const LARGEST_TAGGED = 2 ** 49;
const SHIFT = 8;

/** How a number is written; the low three bits of its varint. */
const tag = {
  integer: 0,
  tenths: 1,
  hundredths: 2,
  thousandths: 3,
  double: 4,
  bigint: 5,
  unsigned64: 6,
  decimalText: 7,
} as const;
const scales = [1, 10, 100, 1000] as const;

/** A record that does not decode: cut off, or not written by this code. */
export class MalformedRecordError extends Error {
  override readonly name = "MalformedRecordError";
}

/** What a sample's numbers and texts are written to, one after the other; `ValueReader` gives them back in that order. */
export interface ValueWriter {
  /** 0 ≤ value ≤ 2^53 - 1, whole. */
  varint(value: number): void;
  /** Any number or bigint, exactly, its type too. */
  number(value: number | bigint): void;
  text(value: string): void;
}

/** Every method throws MalformedRecordError instead of reading past the end. */
export interface ValueReader {
  readonly isAtEnd: boolean;
  varint(): number;
  number(): number | bigint;
  text(): string;
}

/** Appends to a buffer that grows and is used again after `reset`. */
export class ByteWriter implements ValueWriter {
  #bytes = Buffer.allocUnsafe(INITIAL_SIZE);
  #length = 0;

  reset(): void {
    this.#length = 0;
  }

  /** What was written; valid until the next `reset`. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(octets: number): void {
    if (this.#length + octets <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + octets));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  /** 0 ≤ value ≤ 2^53 - 1, whole. */
  varint(value: number): void {
    this.#reserve(8);
    const bytes = this.#bytes;
    let at = this.#length;
    let rest = value;
    while (rest >= VARINT_GROUPS_BELOW) {
      const low = rest % VARINT_GROUPS_BELOW;
      bytes[at++] = (low & 0x7f) | 0x80;
      bytes[at++] = ((low >>> 7) & 0x7f) | 0x80;
      bytes[at++] = ((low >>> 14) & 0x7f) | 0x80;
      bytes[at++] = ((low >>> 21) & 0x7f) | 0x80;
      rest = (rest - low) / VARINT_GROUPS_BELOW;
    }
    let low = rest;
    while (low >= 0x80) {
      bytes[at++] = (low & 0x7f) | 0x80;
      low >>>= 7;
    }
    bytes[at++] = low;
    this.#length = at;
  }

  /** Any number or bigint, exactly, its type too. */
  number(value: number | bigint): void {
    if (typeof value === "bigint") {
      this.#bigint(value);
      return;
    }
    for (let decimals = 0; decimals < scales.length; decimals += 1) {
      const scale = scales[decimals] as number;
      const scaled: number = decimals === 0 ? value : Math.round(value * scale);
      if (!Number.isInteger(scaled) || scaled / scale !== value) continue;
      if (Math.abs(scaled) >= LARGEST_TAGGED || Object.is(value, -0)) break;
      // Zigzag: 0, -1, 1, -2 … become 0, 1, 2, 3 …
      this.varint((scaled >= 0 ? scaled * 2 : -scaled * 2 - 1) * SHIFT + decimals);
      return;
    }
    this.varint(tag.double);
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  #bigint(value: bigint): void {
    const near = Number(value);
    if (near >= 0 && near < LARGEST_TAGGED) {
      this.varint(near * SHIFT + tag.bigint);
    } else if (value >= 0n && value < 2n ** 64n) {
      this.varint(tag.unsigned64);
      this.#reserve(8);
      this.#length = this.#bytes.writeBigUInt64LE(value, this.#length);
    } else {
      this.varint(tag.decimalText);
      this.text(value.toString());
    }
  }

  text(value: string): void {
    const octets = Buffer.byteLength(value);
    this.varint(octets);
    this.#reserve(octets);
    this.#length += this.#bytes.write(value, this.#length);
  }

  octets(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  unsigned32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }
}

/** Reads what `ByteWriter` wrote. Every method throws MalformedRecordError instead of reading past the end. */
export class ByteReader implements ValueReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at = 0;

  constructor(bytes: Uint8Array, end = bytes.length) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#end;
  }

  /** Octets read so far. */
  get position(): number {
    return this.#at;
  }

  #take(octets: number): number {
    const at = this.#at;
    if (octets > this.#end - at) throw new MalformedRecordError("the record is cut off");
    this.#at = at + octets;
    return at;
  }

  skip(octets: number): void {
    this.#take(octets);
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (let octets = 0; octets < 8; octets += 1) {
      const octet = this.#bytes[this.#take(1)] as number;
      value += (octet & 0x7f) * factor;
      if (octet < 0x80) return value;
      factor *= 128;
    }
    throw new MalformedRecordError("a number is longer than 53 bits");
  }

  number(): number | bigint {
    const tagged = this.varint();
    const kind = tagged % SHIFT;
    const rest = (tagged - kind) / SHIFT;
    switch (kind) {
      case tag.integer:
      case tag.tenths:
      case tag.hundredths:
      case tag.thousandths: {
        const scaled = rest % 2 === 0 ? rest / 2 : -(rest + 1) / 2;
        return scaled / (scales[kind] as number);
      }
      case tag.double:
        return this.#bytes.readDoubleLE(this.#take(8));
      case tag.bigint:
        return BigInt(rest);
      case tag.unsigned64:
        return this.#bytes.readBigUInt64LE(this.#take(8));
      default:
        return this.#decimalText();
    }
  }

  #decimalText(): bigint {
    const digits = this.text();
    if (!/^-?\d{1,40}$/.test(digits)) throw new MalformedRecordError("a number is not one");
    return BigInt(digits);
  }

  text(): string {
    const octets = this.varint();
    const at = this.#take(octets);
    return this.#bytes.toString("utf8", at, at + octets);
  }
}
