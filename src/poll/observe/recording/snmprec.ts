/** The .snmprec format of snmpsim: one variable a line, `OID|tag|value`, in the order of OIDs; "x" = value in hex. */
import type { VarBind } from "../../../snmp/types.ts";

/** ASN.1 tags (RFC 2578 2) as snmpsim writes them, in decimal. */
const tags: Partial<Record<VarBind["type"], number>> = {
  Integer32: 2,
  OctetString: 4,
  Null: 5,
  ObjectIdentifier: 6,
  IpAddress: 64,
  Counter32: 65,
  Gauge32: 66,
  TimeTicks: 67,
  Opaque: 68,
  OpaqueFloat: 68,
  OpaqueDouble: 68,
  Counter64: 70,
};

/** One line without its end; undefined for exceptions, which are no values. */
export function snmprecLine({ oid, type, value }: VarBind): string | undefined {
  const tag = tags[type];
  if (tag === undefined || value === null) return undefined;
  if (type === "OpaqueFloat" || type === "OpaqueDouble")
    return `${oid}|${tag}x|${opaqueHex(type, Number(value))}`;
  if (!Buffer.isBuffer(value)) return `${oid}|${tag}|${value}`;
  // Only what cannot be misread stays text: printable ASCII without the separators.
  return /^[\x20-\x7b\x7d\x7e]*$/.test(value.toString("latin1")) && tag === 4
    ? `${oid}|${tag}|${value.toString("latin1")}`
    : `${oid}|${tag}x|${value.toString("hex")}`;
}

/** Opaque-wrapped floats (net-snmp): 9f 78 04 and four octets, or 9f 79 08 and eight. */
function opaqueHex(type: "OpaqueFloat" | "OpaqueDouble", value: number): string {
  const isFloat = type === "OpaqueFloat";
  const octets = Buffer.alloc(isFloat ? 7 : 11);
  octets.set(isFloat ? [0x9f, 0x78, 4] : [0x9f, 0x79, 8]);
  if (isFloat) octets.writeFloatBE(value, 3);
  else octets.writeDoubleBE(value, 3);
  return octets.toString("hex");
}

/** Orders OIDs by their sub-identifiers, as agents must answer them. */
export function compareOids(left: string, right: string): number {
  const a = left.split(".");
  const b = right.split(".");
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const difference = Number(a[at]) - Number(b[at]);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
