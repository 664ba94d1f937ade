import { BerWriter } from "../codec/ber-writer.ts";
import { oidToOctets } from "../codec/oid.ts";
import { TAG } from "../codec/tags.ts";

const MOST_CACHED = 20_000;
const NULL_VALUE = Uint8Array.of(TAG.null, 0);
const writer = new BerWriter(1024);
const cache = new Map<string, Buffer>();

/** Writes a variable without a value, its name in two parts, before what `target` holds. */
export function writeAsked(
  target: BerWriter,
  prefix: Uint8Array,
  index: Uint8Array,
  indexStart: number,
  indexEnd: number,
): void {
  const mark = target.mark();
  target.raw(NULL_VALUE);
  const nameMark = target.mark();
  target.raw(index, indexStart, indexEnd);
  target.raw(prefix);
  target.close(TAG.oid, nameMark);
  target.close(TAG.sequence, mark);
}

/** The encoded variable that asks for this OID. Throws RangeError when the text is no OID. */
export function askedVariable(oid: string): Buffer {
  const known = cache.get(oid);
  if (known) return known;
  const octets = oidToOctets(oid);
  writer.reset();
  writeAsked(writer, octets, octets, 0, 0);
  const encoded = writer.take();
  if (cache.size >= MOST_CACHED) cache.clear();
  cache.set(oid, encoded);
  return encoded;
}

/** The encoded variables that ask for these OIDs, one after the other. */
export function askedVariables(oids: readonly string[]): Buffer {
  return oids.length === 1 ? askedVariable(oids[0]!) : Buffer.concat(oids.map(askedVariable));
}
