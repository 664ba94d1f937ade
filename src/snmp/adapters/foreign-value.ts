import { BerCursor } from "../codec/ber-cursor.ts";
import { decodeValue, ValueSlot } from "../codec/decode-value.ts";
import { TAG } from "../codec/tags.ts";
import type { VarBind, VarBindType } from "../types.ts";

/** Types by tag; the foreign packages name them by their tag too. */
const TYPES: Readonly<Record<number, VarBindType>> = {
  [TAG.integer]: "Integer32",
  [TAG.counter32]: "Counter32",
  [TAG.gauge32]: "Gauge32",
  [TAG.timeTicks]: "TimeTicks",
  [TAG.counter64]: "Counter64",
  [TAG.octetString]: "OctetString",
  [TAG.oid]: "ObjectIdentifier",
  [TAG.ipAddress]: "IpAddress",
  [TAG.null]: "Null",
  [TAG.noSuchObject]: "noSuchObject",
  [TAG.noSuchInstance]: "noSuchInstance",
  [TAG.endOfMibView]: "endOfMibView",
};

/** What a foreign package made of a value: numbers, texts, and the octets it stood in. */
export interface ForeignValue {
  oid: string;
  tag: number;
  value: unknown;
  octets: Buffer;
}

/** A variable of the seam from what a foreign package decoded. Throws RangeError for types it has no word for. */
export function toVarBind({ oid, tag, value, octets }: ForeignValue): VarBind {
  if (tag === TAG.opaque) return { oid, ...opaque(octets) };
  const type = TYPES[tag];
  switch (type) {
    case undefined:
      throw new RangeError(`variable of unknown type ${tag}`);
    case "Counter64":
      // The packages' own numbers are not exact beyond 2^53.
      return { oid, type, value: BigInt(`0x${octets.toString("hex") || "0"}`) };
    case "OctetString":
      return { oid, type, value: octets };
    case "ObjectIdentifier":
    case "IpAddress":
      return { oid, type, value: Array.isArray(value) ? value.join(".") : String(value) };
    case "Integer32":
    case "Counter32":
    case "Gauge32":
    case "TimeTicks":
      return { oid, type, value: Number(value) };
    default:
      return { oid, type, value: null };
  }
}

/** Neither package knows the floats inside Opaque. */
function opaque(contents: Buffer): { type: VarBindType; value: VarBind["value"] } {
  const element = Buffer.concat([
    Buffer.from([TAG.opaque, 0x82, contents.length >> 8, contents.length & 0xff]),
    contents,
  ]);
  const slot = new ValueSlot();
  decodeValue(new BerCursor(element), element.length, slot);
  return { type: slot.type, value: slot.value };
}
