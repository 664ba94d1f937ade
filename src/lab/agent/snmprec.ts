/**
 * The .snmprec format of snmpsim: one `OID|TAG|VALUE` a line. The tag is the ASN.1 tag in decimal, followed by `x`
 * when the value is hex, by `e` when it has escapes, and by `:module` when the value is to be computed. Of the modules, `numeric` is played.
 */
import { escapedOctets } from "./escaped-octets.ts";
import type { Variation } from "./variation.ts";

/** ASN.1 tags of RFC 2578 types, as snmprec writes them (decimal). */
export const snmprecTag = {
  integer: 2,
  octetString: 4,
  null: 5,
  objectIdentifier: 6,
  ipAddress: 64,
  counter32: 65,
  gauge32: 66,
  timeTicks: 67,
  opaque: 68,
  counter64: 70,
} as const;

export type SnmprecTag = (typeof snmprecTag)[keyof typeof snmprecTag];

/** Numbers for the numeric tags (bigint for Counter64), octets for strings, a dotted string for OIDs and addresses. */
export type RecordValue = number | bigint | Buffer | string | null;

/** One variable an agent holds. */
export interface AgentRecord {
  oid: string;
  tag: SnmprecTag;
  value: RecordValue;
  /** How the value moves with time; absent: it stays. */
  variation?: Variation;
}

/** A line that cannot be played, and where it is. */
export class SnmprecError extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.name = "SnmprecError";
    this.line = line;
  }
}

const knownTags: ReadonlySet<number> = new Set(Object.values(snmprecTag));

/**
 * Reads a recording. Lines may come in any order; empty lines and lines that begin with `#` are skipped.
 * @throws SnmprecError at the first line that is not `OID|TAG|VALUE` with a playable tag.
 */
export function parseSnmprec(text: string): AgentRecord[] {
  const records: AgentRecord[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line === "" || line.startsWith("#")) continue;
    records.push(parseLine(line, index + 1));
  }
  return records;
}

function parseLine(line: string, number: number): AgentRecord {
  const first = line.indexOf("|");
  const second = line.indexOf("|", first + 1);
  if (first < 0 || second < 0) throw new SnmprecError(number, `"${line.slice(0, 60)}" is not OID|TAG|VALUE`);
  const oid = line.slice(0, first).replace(/^\./, "");
  if (!/^[0-2](?:\.\d+)+$/.test(oid)) throw new SnmprecError(number, `"${oid}" is not an OID`);
  const [tagText = "", moduleName] = line.slice(first + 1, second).split(":");
  const [, digits = "", form = ""] = /^(\d+)([xe]?)$/.exec(tagText) ?? [];
  const tag = Number(digits);
  if (!isTag(tag))
    throw new SnmprecError(number, `tag "${tagText}" is not one of ${[...knownTags].join(", ")}`);
  const text = line.slice(second + 1);
  if (moduleName !== undefined) return { oid, tag, ...numericModule(tag, moduleName, text, number) };
  // Recordings of real devices have numbers, OIDs and addresses without a value; a Null says the same. So do blanked
  // ones ("<private>"); blanked octets are played as that text, whatever form the tag promises.
  const isBlanked = /^<[^<>]*>$/.test(text);
  const isText = tag === snmprecTag.octetString || tag === snmprecTag.opaque;
  if (!isText && (text === "" || isBlanked)) return { oid, tag: snmprecTag.null, value: null };
  return { oid, tag, value: parseValue(tag, text, isBlanked ? "" : form, number) };
}

function isTag(tag: number): tag is SnmprecTag {
  return knownTags.has(tag);
}

function parseValue(tag: SnmprecTag, text: string, form: string, line: number): RecordValue {
  if (form !== "") {
    if (form === "x" && (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)))
      throw new SnmprecError(line, "the value is not hex octets");
    const octets = form === "x" ? Buffer.from(text, "hex") : escapedOctets(text);
    if (octets === undefined)
      throw new SnmprecError(line, "the value has an escape that Python's strings do not have");
    return tag === snmprecTag.ipAddress ? octets.join(".") : octets;
  }
  switch (tag) {
    case snmprecTag.null:
      return null;
    case snmprecTag.octetString:
    case snmprecTag.opaque:
      return Buffer.from(text, "utf8");
    case snmprecTag.objectIdentifier:
      return text.replace(/^\./, "");
    case snmprecTag.ipAddress:
      return text;
    case snmprecTag.counter64:
      if (!/^\d+$/.test(text)) throw new SnmprecError(line, `"${text}" is not a Counter64`);
      return BigInt(text);
    default: {
      const value = Number(text);
      if (text === "" || !Number.isInteger(value))
        throw new SnmprecError(line, `"${text}" is not an integer`);
      return inRange(tag, value);
    }
  }
}

/** What fits the type: integers and counters wrap at 32 bits, gauges and ticks stay at their end (RFC 2578, 7.1). */
function inRange(tag: SnmprecTag, value: number): number {
  if (tag === snmprecTag.integer) return value | 0;
  if (tag === snmprecTag.counter32 || value < 0) return value >>> 0;
  return Math.min(value, 0xffff_ffff);
}

/** snmpsim's `numeric`: `rate` per second on a counter, `deviation` around `offset` or `initial` on a gauge. */
function numericModule(
  tag: SnmprecTag,
  moduleName: string,
  text: string,
  line: number,
): { value: RecordValue; variation: Variation } {
  if (moduleName !== "numeric")
    throw new SnmprecError(line, `variation module "${moduleName}" is not played; use numeric`);
  const settings = new Map<string, number>();
  for (const part of text.split(",")) {
    const [name = "", value = ""] = part.split("=");
    const number = Number(value);
    if (value === "" || Number.isNaN(number)) throw new SnmprecError(line, `"${part}" is not name=number`);
    settings.set(name.trim(), number);
  }
  const initial = settings.get("initial") ?? settings.get("offset") ?? settings.get("min") ?? 0;
  const value = tag === snmprecTag.counter64 ? BigInt(Math.trunc(initial)) : initial;
  if (tag === snmprecTag.timeTicks)
    return { value, variation: { kind: "uptime", perSecond: settings.get("rate") ?? 100 } };
  if (tag === snmprecTag.counter32 || tag === snmprecTag.counter64) {
    return { value, variation: { kind: "counter", perSecond: settings.get("rate") ?? 1, shape: "flat" } };
  }
  return {
    value,
    variation: {
      kind: "gauge",
      deviation: settings.get("deviation") ?? 0,
      minimum: settings.get("min"),
      maximum: settings.get("max"),
    },
  };
}

/** Writes records as .snmprec text, one line each, octets as hex unless they are plain ASCII. */
export function formatSnmprec(records: readonly AgentRecord[]): string {
  return records.map((record) => `${formatLine(record)}\n`).join("");
}

function formatLine({ oid, tag, value }: AgentRecord): string {
  if (Buffer.isBuffer(value)) {
    const isPlain = tag === snmprecTag.octetString && value.every((octet) => octet >= 0x20 && octet < 0x7f);
    return isPlain ? `${oid}|${tag}|${value.toString("latin1")}` : `${oid}|${tag}x|${value.toString("hex")}`;
  }
  return `${oid}|${tag}|${value ?? ""}`;
}
