import { BerWriter } from "../codec/ber-writer.ts";
import { oidToOctets } from "../codec/oid.ts";
import { TAG } from "../codec/tags.ts";

const MOST_CACHED = 20_000;
/** Names longer than this need the long form of a length. */
const SHORT_NAME_OCTETS = 0x7f - 4;
const NULL_VALUE = Uint8Array.of(TAG.null, 0);
const writer = new BerWriter(1024);
const cache = new Map<string, Buffer>();

/** A name to ask for, in two parts: an OID, and octets of an index behind it. */
export interface AskedName {
  prefix: Uint8Array;
  octets: Uint8Array;
  start: number;
  end: number;
}

/** The encoded variables, without values, that ask for these names: SEQUENCE { OID, NULL } each. */
export function encodeAsked(names: readonly AskedName[]): Buffer {
  let size = 0;
  let longest = 0;
  for (const { prefix, start, end } of names) {
    const length = prefix.length + end - start;
    size += length + 6;
    if (length > longest) longest = length;
  }
  if (longest > SHORT_NAME_OCTETS) return encodeLong(names);
  const encoded = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { prefix, octets, start, end } of names) {
    const length = prefix.length + end - start;
    encoded[at++] = TAG.sequence;
    encoded[at++] = length + 4;
    encoded[at++] = TAG.oid;
    encoded[at++] = length;
    for (let i = 0; i < prefix.length; i++) encoded[at++] = prefix[i]!;
    for (let i = start; i < end; i++) encoded[at++] = octets[i]!;
    encoded[at++] = TAG.null;
    encoded[at++] = 0;
  }
  return encoded;
}

/**
 * The encoded variables of one request after the other. As long as the same names are asked and their indexes have
 * the same lengths (nearly always), only the indexes are written over the last ones; what was encoded before is
 * gone then.
 */
export class AskedInTurn {
  private names: readonly AskedName[] = [];
  private encoded: Buffer = Buffer.alloc(0);
  /** Of each name: where its index is in `encoded`, and how long. */
  private places: number[] = [];
  private lengths: number[] = [];

  encode(names: readonly AskedName[]): Buffer {
    if (names !== this.names || !this.overwrite(names)) {
      this.names = names;
      this.encoded = encodeAsked(names);
      this.locate(names);
    }
    return this.encoded;
  }

  private overwrite(names: readonly AskedName[]): boolean {
    const { encoded, places, lengths } = this;
    for (let n = 0; n < names.length; n++) {
      const { start, end } = names[n]!;
      if (end - start !== lengths[n]) return false;
    }
    for (let n = 0; n < names.length; n++) {
      const { octets, start, end } = names[n]!;
      for (let from = start, to = places[n]!; from < end; from++, to++) encoded[to] = octets[from]!;
    }
    return true;
  }

  private locate(names: readonly AskedName[]): void {
    let behind = 0;
    this.lengths = names.map(({ start, end }) => end - start);
    this.places = names.map(({ prefix, start, end }) => {
      behind += variableOctets(prefix.length + end - start);
      // The index is the last of the name, behind it are tag and length of the Null.
      return behind - 2 - (end - start);
    });
  }
}

/** Size of an encoded variable whose name has `length` octets and that has no value. */
function variableOctets(length: number): number {
  const sized = (contents: number): number => contents + (contents < 0x80 ? 2 : contents < 0x100 ? 3 : 4);
  return sized(sized(length) + 2);
}

function encodeLong(names: readonly AskedName[]): Buffer {
  writer.reset();
  for (const { prefix, octets, start, end } of names.toReversed()) {
    const mark = writer.mark();
    writer.raw(NULL_VALUE);
    const nameMark = writer.mark();
    writer.raw(octets, start, end);
    writer.raw(prefix);
    writer.close(TAG.oid, nameMark);
    writer.close(TAG.sequence, mark);
  }
  return writer.take();
}

/** The encoded variable that asks for this OID. Throws RangeError when the text is no OID. */
export function askedVariable(oid: string): Buffer {
  const known = cache.get(oid);
  if (known) return known;
  const prefix = oidToOctets(oid);
  const encoded = encodeAsked([{ prefix, octets: prefix, start: 0, end: 0 }]);
  if (cache.size >= MOST_CACHED) cache.clear();
  cache.set(oid, encoded);
  return encoded;
}

/** The encoded variables that ask for these OIDs, one after the other. */
export function askedVariables(oids: readonly string[]): Buffer {
  return oids.length === 1 ? askedVariable(oids[0]!) : Buffer.concat(oids.map(askedVariable));
}
