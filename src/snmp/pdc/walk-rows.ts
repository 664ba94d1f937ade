import type { BerCursor } from "../codec/ber-cursor.ts";
import { decodeValue, ValueSlot } from "../codec/decode-value.ts";
import { compareOids, oidToOctets, subIdsToText } from "../codec/oid.ts";
import type { VarBind, WalkEnding } from "../types.ts";

/** An OID of so few octets cannot have more than 128 sub-identifiers. */
const SURELY_FEW_OCTETS = 127;

/**
 * Everything below one OID, answer by answer. Each name is compared once with the one before it: that tells whether
 * it lies below the root and comes later, and how much of its text is the same.
 */
export class WalkRows {
  readonly root: Uint8Array;
  private readonly rootText: string;
  private readonly slot = new ValueSlot();
  /** The name that was read last; at first the root itself. */
  private last: Uint8Array;
  private lastStart = 0;
  private lastEnd: number;
  /** Octets of the last name before its last sub-identifier, and their text with a dot behind it. */
  private stemOctets = 0;
  private stemText = "";

  constructor(root: string) {
    this.root = oidToOctets(root);
    this.rootText = root.startsWith(".") ? root.slice(1) : root;
    this.last = this.root;
    this.lastEnd = this.root.length;
  }

  /** The name behind which the next request goes on. */
  get position(): { prefix: Uint8Array; octets: Uint8Array; start: number; end: number } {
    const { root, last, lastStart, lastEnd } = this;
    return { prefix: root, octets: last, start: lastStart + root.length, end: lastEnd };
  }

  /** Decodes an answer into `varBinds`; returns how the walk ends, if it does. Throws DecodeError, and then has forgotten nothing. */
  take(cursor: BerCursor, listEnd: number, varBinds: VarBind[]): WalkEnding | undefined {
    const { octets } = cursor;
    const { slot } = this;
    const rootLength = this.root.length;
    let { last, lastStart, lastEnd } = this;
    // The stem may be of an answer that was thrown away.
    this.stemOctets = 0;
    while (cursor.position < listEnd) {
      const end = cursor.openVariable(listEnd);
      const start = cursor.position;
      const nameEnd = cursor.end;
      const length = nameEnd - start;
      const lastLength = lastEnd - lastStart;
      const most = Math.min(length, lastLength);
      let same = 0;
      while (same < most && octets[start + same] === last[lastStart + same]) same += 1;
      // Back to the beginning of the sub-identifier that differs.
      let from = same;
      while (from > 0 && octets[start + from - 1]! >= 0x80) from -= 1;
      if (length > SURELY_FEW_OCTETS) cursor.checkOid(start, nameEnd);
      else cursor.checkOid(start + from, nameEnd);
      const forward =
        same < most
          ? compareOids(octets, start + from, nameEnd, last, lastStart + from, lastEnd) > 0
          : length > lastLength;
      if (same < rootLength) return forward ? "end" : "not-increasing";
      cursor.position = nameEnd;
      decodeValue(cursor, end, slot);
      cursor.finish(end, "a variable");
      if (slot.value === null && slot.type !== "Null") return "end";
      if (!forward) return "not-increasing";
      varBinds.push({ oid: this.text(octets, start, nameEnd, from), type: slot.type, value: slot.value });
      last = octets;
      lastStart = start;
      lastEnd = nameEnd;
    }
    this.last = last;
    this.lastStart = lastStart;
    this.lastEnd = lastEnd;
    return undefined;
  }

  /** Text of the name in `[start, end)`, whose octets from `from` on differ from the last name's. */
  private text(octets: Uint8Array, start: number, end: number, from: number): string {
    let tail = end - 1;
    while (octets[tail - 1]! >= 0x80) tail -= 1;
    const stemOctets = tail - start;
    if (stemOctets !== this.stemOctets || from < stemOctets) {
      const stem = subIdsToText(octets, start + this.root.length, tail);
      this.stemText = stem === "" ? `${this.rootText}.` : `${this.rootText}.${stem}.`;
      this.stemOctets = stemOctets;
    }
    let value = octets[tail]! & 0x7f;
    for (let i = tail + 1; i < end; i++) value = value * 128 + (octets[i]! & 0x7f);
    return this.stemText + value;
  }
}
