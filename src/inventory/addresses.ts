/** IP addresses and prefixes as numbers, to compare them. */
import { isIPv4, isIPv6 } from "node:net";

/** An interface's address with its prefix ("10.20.3.1/30"). */
export interface Prefix {
  family: 4 | 6;
  /** The address itself. */
  address: bigint;
  length: number;
  /** First and last address of the prefix. */
  first: bigint;
  last: bigint;
}

/** The number of an IPv4 or IPv6 address, or undefined. Leading zeros and zones are not addresses. */
export function parseAddress(text: string): { family: 4 | 6; address: bigint } | undefined {
  if (isIPv4(text)) {
    return { family: 4, address: text.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  }
  if (!isIPv6(text) || text.includes("%")) return undefined;
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  let plain = text;
  if (embedded) {
    const low = parseAddress(embedded[2]!)!.address;
    plain = `${embedded[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  }
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill("0"), ...right];
  return { family: 6, address: groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) };
}

/** An address with a prefix length, or undefined. */
export function parsePrefix(text: string): Prefix | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const parsed = match ? parseAddress(match[1]!) : undefined;
  if (!match || parsed === undefined) return undefined;
  const bits = parsed.family === 4 ? 32 : 128;
  const length = Number(match[2]);
  if (length > bits) return undefined;
  const hosts = (1n << BigInt(bits - length)) - 1n;
  const first = parsed.address & ~hosts;
  return { ...parsed, length, first, last: first | hosts };
}

/** One spelling per address: the same number always has the same key. */
export function addressKey(text: string): string {
  const parsed = parseAddress(text);
  return parsed === undefined ? text.toLowerCase() : `${parsed.family}:${parsed.address.toString(16)}`;
}

/** Is it a name that DNS could know (RFC 1123 2.1)? Text of digits and dots is a mistyped address, not a name. */
export function isHostName(text: string): boolean {
  if (text.length > 253 || /^[\d.]+$/.test(text)) return false;
  return text.split(".").every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label));
}
