/** Addresses of a prefix, for a scan. */
import { isIP } from "node:net";
import { UsageError } from "../inventory/open.ts";

/** More than a scan of one run should take: a /16. */
const mostAddresses = 65_536;

/**
 * "10.0.0.0/30" → its hosts (without network and broadcast address, but for /31 and /32); an address is itself.
 * IPv6 prefixes too, when they are small enough. @throws UsageError
 */
export function addressesOf(prefix: string): string[] {
  const [address = "", lengthText] = prefix.split("/");
  const family = isIP(address);
  const bits = family === 6 ? 128 : 32;
  const length = lengthText === undefined ? bits : Number(lengthText);
  if (family === 0 || !Number.isInteger(length) || length < 0 || length > bits || lengthText === "") {
    throw new UsageError(`${prefix}: not an address or prefix`, "write it as 10.20.0.0/24");
  }
  const size = 2 ** (bits - length);
  if (size > mostAddresses)
    throw new UsageError(
      `${prefix}: ${size} addresses are too many for a scan`,
      "scan prefixes of at most 65,536 addresses",
    );
  const first = (family === 6 ? parseIpv6(address) : parseIpv4(address)) & ~(BigInt(size) - 1n);
  const format = family === 6 ? formatIpv6 : formatIpv4;
  const all = Array.from({ length: size }, (_, at) => format(first + BigInt(at)));
  return family === 4 && size > 2 ? all.slice(1, -1) : all;
}

function parseIpv4(address: string): bigint {
  return address.split(".").reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

const formatIpv4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");

function parseIpv6(address: string): bigint {
  const [head = "", tail] = address.split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(missing).fill("0"), ...groups(tail ?? "")];
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

function formatIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((value >> BigInt(16 * (7 - at))) & 0xffffn).toString(16),
  );
  // The platform shortens it the way RFC 5952 does.
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}
