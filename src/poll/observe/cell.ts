/** What a variable of a device says, as a number or as text. Everything here takes hostile input and never throws. */

import { formatIpv6 } from "../../profiles/reference.ts";
import type { TextForm } from "../../profiles/rule.ts";
import type { VarBind } from "../../snmp/types.ts";

/** How a column is to be read; see `columnSchema` of the profiles. */
export interface CellForm {
  match?: RegExp;
  as?: TextForm;
}

/** Longest text of a device that is kept. */
const longestText = 1024;
const utf8 = new TextDecoder("utf-8", { fatal: true });
/** C0 and C1 controls and DEL; bidirectional overrides, which can make a name look like another. */
const control = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g;

/** True for noSuchObject, noSuchInstance, endOfMibView and Null: there is no value. */
export function isAbsent(cell: VarBind | undefined): cell is undefined {
  return cell === undefined || cell.value === null || cell.value === undefined;
}

/** The text of a cell: trimmed, without control characters, at most 1,024 characters; "" when there is none. */
export function cellText(cell: VarBind | undefined, form: CellForm = {}): string {
  if (isAbsent(cell)) return "";
  const text = plainText(cell, form.as);
  return form.match ? (form.match.exec(text)?.[1] ?? "").trim() : text;
}

function plainText(cell: VarBind, as: TextForm | undefined): string {
  const { value } = cell;
  if (!Buffer.isBuffer(value)) {
    const text =
      typeof value === "number" || typeof value === "bigint" || typeof value === "string"
        ? String(value)
        : "";
    return as === "ip" && text.length > 64 ? "" : text.slice(0, longestText);
  }
  switch (as) {
    case "mac":
    case "hex":
      return octetsText(value.subarray(0, 256), as === "mac" ? ":" : "");
    case "ip":
      return addressText(value);
    case "uint":
      return value.length > 8 ? "" : String(unsigned(value));
    case "date":
      return dateText(value);
    default:
      return readableText(value, as === "text");
  }
}

/** Text when the octets look like text; else their hexadecimal form, "00:1a:2b…". */
function readableText(octets: Buffer, always: boolean): string {
  let end = Math.min(octets.length, longestText);
  while (end > 0 && (octets[end - 1] === 0 || octets[end - 1] === 0x20)) end -= 1;
  const kept = octets.subarray(0, end);
  if (!always && kept.some((octet) => octet < 0x20 && octet !== 0x09 && octet !== 0x0a && octet !== 0x0d)) {
    return octetsText(octets.subarray(0, 256), ":");
  }
  let text: string;
  try {
    text = utf8.decode(kept);
  } catch {
    // Latin-1 from old agents; a MAC address of all high octets would look like text otherwise.
    if (!always && octets.length === 6) return octetsText(octets, ":");
    text = kept.toString("latin1");
  }
  return text.replace(control, " ").trim();
}

function octetsText(octets: Buffer, separator: string): string {
  return octets.toString("hex").replace(/(..)(?=.)/g, `$1${separator}`);
}

function addressText(octets: Buffer): string {
  // LLDP puts an address family number before the address.
  const address = octets.length === 5 || octets.length === 17 ? octets.subarray(1) : octets;
  if (address.length === 4) return address.join(".");
  return address.length >= 16 ? formatIpv6([...address.subarray(0, 16)]) : readableText(octets, false);
}

/** DateAndTime (RFC 2579): 8 or 11 octets → "2026-03-01T12:30:00", with its offset when given. */
function dateText(octets: Buffer): string {
  if (octets.length < 7) return readableText(octets, false);
  const two = (value: number | undefined): string => String(value ?? 0).padStart(2, "0");
  const date = `${octets.readUInt16BE(0)}-${two(octets[2])}-${two(octets[3])}T${two(octets[4])}:${two(octets[5])}:${two(octets[6])}`;
  const zone =
    octets.length >= 11 ? `${String.fromCharCode(octets[8]!)}${two(octets[9])}:${two(octets[10])}` : "";
  return date + (/^[+-]/.test(zone) ? zone : "");
}

function unsigned(octets: Buffer): number {
  let value = 0;
  for (const octet of octets) value = value * 256 + octet;
  return value;
}

const leadingNumber = /^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?/i;

/** The number of a cell: of texts their leading number ("23.5 C" → 23.5); undefined when there is none. */
export function cellNumber(cell: VarBind | undefined, form?: CellForm): number | undefined {
  if (cell === undefined) return undefined;
  const { value } = cell;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "bigint") return Number(value);
  if (value === null || value === undefined) return undefined;
  if (Buffer.isBuffer(value) && form?.as === "uint") return value.length > 8 ? undefined : unsigned(value);
  const number = leadingNumber.exec(cellText(cell, form));
  return number ? Number(number[0]) : undefined;
}
