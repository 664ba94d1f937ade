/** Searching encoded OIDs. Requests carry them encoded, so an agent that searches them so decodes nothing. */
import { compareOids } from "../../snmp/codec/oid.ts";

/** Order of two encoded OIDs (content octets), negative when `a` is first (RFC 3416 4.2.2). */
export function orderOf(a: Uint8Array, b: Uint8Array): number {
  return compareOids(a, 0, a.length, b, 0, b.length);
}

/** Whether `oid` lies in the subtree of `root` or is it. Both encoded. */
export function isBelow(oid: Uint8Array, root: Uint8Array): boolean {
  if (oid.length < root.length) return false;
  for (let at = 0; at < root.length; at++) if (oid[at] !== root[at]) return false;
  return true;
}

/** The OID without its last sub-identifier. */
export function parentOid(oid: Uint8Array): Uint8Array {
  let end = oid.length - 1;
  while (end > 0 && oid[end - 1]! >= 0x80) end--;
  return oid.subarray(0, Math.max(0, end));
}
