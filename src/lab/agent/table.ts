/** The variables of one agent, sorted and encoded once, ready to be searched and sent. */

import { BerWriter } from "../../snmp/codec/ber-writer.ts";
import { oidToOctets } from "../../snmp/codec/oid.ts";
import { isBelow, orderOf, parentOid } from "./oid-order.ts";
import { type AgentRecord, type RecordValue, snmprecTag } from "./snmprec.ts";
import { type AgentState, createReader, type Reader } from "./variation.ts";

/** A variable. `varBind` is its finished encoding while its value stays; `read` gives a value that moves. */
export interface Row {
  /** Content octets of its OID. */
  key: Buffer;
  tag: number;
  varBind?: Buffer;
  read?: Reader;
  /** The most octets its variable binding can take. */
  maxOctets: number;
  record: AgentRecord;
}

/** Variable bindings of a response: finished octets and moving rows in turn, or the error instead of them. */
export type Layout = { errorStatus: number; errorIndex: number } | { parts: readonly (Buffer | Row)[] };

const tagOfOid = 0x06;
const tagOfSequence = 0x30;
const maxCachedLayouts = 4096;
const writer = new BerWriter();

/** Rows in OID order; of two records with one OID the later holds. */
export class AgentTable {
  readonly rows: readonly Row[];
  readonly #layouts = new Map<string, Layout>();

  constructor(records: readonly AgentRecord[]) {
    const rows = new Map<string, Row>();
    for (const record of records) rows.set(record.oid, createRow(record));
    this.rows = [...rows.values()].sort((a, b) => orderOf(a.key, b.key));
  }

  /** Index of the first row whose OID is not before `key`; `rows.length` when there is none. */
  lowerBound(key: Uint8Array): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (orderOf(this.rows[middle]!.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The row of exactly that OID. */
  find(key: Uint8Array): Row | undefined {
    const row = this.rows[this.lowerBound(key)];
    return row !== undefined && orderOf(row.key, key) === 0 ? row : undefined;
  }

  /**
   * Whether the agent knows the object but not this instance (noSuchInstance, RFC 3416 4.2.1). An agent that plays a
   * recording has no MIB: it takes the OID without its last sub-identifier for the object.
   */
  knowsObjectOf(key: Uint8Array): boolean {
    const object = parentOid(key);
    const row = this.rows[this.lowerBound(object)];
    return row !== undefined && isBelow(row.key, object);
  }

  /** The layout of one shape of request (see responder.ts), made by `create` when it is new. The cache is bounded by being emptied. */
  layout(shape: string, create: () => Layout): Layout {
    const known = this.#layouts.get(shape);
    if (known !== undefined) return known;
    if (this.#layouts.size >= maxCachedLayouts) this.#layouts.clear();
    const layout = create();
    this.#layouts.set(shape, layout);
    return layout;
  }

  /** Records as they stand at `nowMs`, so that another table can go on where this one was. */
  recordsAt(nowMs: number, state: AgentState): AgentRecord[] {
    return this.rows.map(({ record, read }) => {
      if (read === undefined) return record;
      const value = wrap(record.tag, read(nowMs, state));
      return { ...record, value: record.tag === snmprecTag.counter64 ? BigInt(value) : Number(value) };
    });
  }
}

function createRow(record: AgentRecord): Row {
  const key = oidToOctets(record.oid);
  const { tag } = record;
  if (
    record.variation !== undefined &&
    (typeof record.value === "number" || typeof record.value === "bigint")
  ) {
    const read = createReader(record.value, record.variation);
    return { key, tag, read, maxOctets: key.length + (tag === snmprecTag.counter64 ? 18 : 14), record };
  }
  writer.reset();
  writeVarBind(writer, key, () => writeValue(writer, tag, record.value));
  const varBind = writer.take();
  return { key, tag, varBind, maxOctets: varBind.length, record };
}

/** Writes one variable binding; `writeContent` writes its value. */
export function writeVarBind(to: BerWriter, key: Uint8Array, writeContent: () => void): void {
  const before = to.mark();
  writeContent();
  const afterValue = to.mark();
  to.raw(key);
  to.close(tagOfOid, afterValue);
  to.close(tagOfSequence, before);
}

/** Writes a moving row as it stands at `nowMs`. */
export function writeMovingRow(to: BerWriter, row: Row, nowMs: number, state: AgentState): void {
  const before = to.mark();
  const value = wrap(row.tag, row.read!(nowMs, state));
  if (row.tag === snmprecTag.integer) to.integer(Number(value), row.tag);
  else writeUnsigned(to, row.tag, value);
  const afterValue = to.mark();
  to.raw(row.key);
  to.close(tagOfOid, afterValue);
  to.close(tagOfSequence, before);
}

/** RFC 2578 7.1.6, 7.1.8, 7.1.10: counters and TimeTicks wrap; a Gauge32 latches, and never gets that far here. */
function wrap(tag: number, value: number | bigint): number | bigint {
  if (tag === snmprecTag.counter32 || tag === snmprecTag.timeTicks) {
    return typeof value === "bigint" ? value & 0xffffffffn : value % 0x100000000;
  }
  return typeof value === "bigint" && tag === snmprecTag.counter64 ? value & 0xffffffffffffffffn : value;
}

function writeValue(to: BerWriter, tag: number, value: RecordValue): void {
  const before = to.mark();
  if (value === null) to.close(tag, before);
  else if (Buffer.isBuffer(value)) {
    to.raw(value);
    to.close(tag, before);
  } else if (typeof value === "string") {
    to.raw(tag === tagOfOid ? oidToOctets(value) : Buffer.from(value.split(".").map(Number)));
    to.close(tag, before);
  } else if (tag === snmprecTag.integer) to.integer(Number(value), tag);
  else writeUnsigned(to, tag, wrap(tag, value));
}

function writeUnsigned(to: BerWriter, tag: number, value: number | bigint): void {
  if (typeof value === "bigint") to.unsigned64(value, tag);
  else to.unsigned(value, tag);
}
