/**
 * OIDs as their BER content octets (X.690 8.19), and their order. Requests carry them encoded, so an agent that
 * searches encoded OIDs decodes nothing.
 */

/** Content octets of a dotted OID: the first two sub-identifiers share one, the others are base 128. */
export function encodeOid(oid: string): Buffer {
  const [first = 0, second = 0, ...rest] = oid.split(".").map(Number);
  const octets: number[] = [];
  for (const subIdentifier of [first * 40 + second, ...rest]) {
    if (subIdentifier >= 0x10000000) octets.push(0x80 | (subIdentifier / 0x10000000));
    if (subIdentifier >= 0x200000) octets.push(0x80 | ((subIdentifier >>> 21) & 0x7f));
    if (subIdentifier >= 0x4000) octets.push(0x80 | ((subIdentifier >>> 14) & 0x7f));
    if (subIdentifier >= 0x80) octets.push(0x80 | ((subIdentifier >>> 7) & 0x7f));
    octets.push(subIdentifier & 0x7f);
  }
  return Buffer.from(octets);
}

/**
 * Lexicographic order of two encoded OIDs (RFC 3416 4.2.2), negative when `a` is first. Both are minimal encodings,
 * so of two sub-identifiers the one with more octets is the larger.
 */
export function compareOids(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  let at = 0;
  while (at < shared && a[at] === b[at]) at++;
  if (at === shared) return a.length - b.length;
  const difference = a[at]! - b[at]!;
  let start = at;
  while (start > 0 && a[start - 1]! >= 0x80) start--;
  const octets = subIdentifierEnd(a, start) - subIdentifierEnd(b, start);
  return octets === 0 ? difference : octets;
}

function subIdentifierEnd(oid: Uint8Array, start: number): number {
  let end = start;
  while (end < oid.length && oid[end]! >= 0x80) end++;
  return end;
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
