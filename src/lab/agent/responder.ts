/**
 * What an agent answers to a PDU (RFC 1157 4.1, RFC 3416 4.2). What is asked decides which rows are sent, so that
 * choice (a layout) is made once per shape of request; an answer is then its layout with the moving values written in.
 */

import { BerWriter } from "../../snmp/codec/ber-writer.ts";
import { orderOf } from "./oid-order.ts";
import { type Pdu, pduType } from "./request.ts";
import { snmprecTag } from "./snmprec.ts";
import { type AgentTable, type Layout, type Row, writeMovingRow, writeVarBind } from "./table.ts";
import type { AgentState } from "./variation.ts";

/** RFC 3416 3; the first five are RFC 1157's. */
const errorStatus = { tooBig: 1, noSuchName: 2, readOnly: 4, noAccess: 6, notWritable: 17 } as const;
const exception = { noSuchObject: 0x80, noSuchInstance: 0x81, endOfMibView: 0x82 } as const;
/** Octets of a response around its variable bindings, at most (headers, request-id, errors). */
const pduOverhead = 30;
const exceptionWriter = new BerWriter(1024);

export interface Asked {
  pdu: Pdu;
  isV1: boolean;
  /** The most octets the response PDU may take. */
  maxOctets: number;
}

/** Writes the response PDU to `asked`, or nothing (false) for a PDU that agents do not answer. */
export function writeResponse(
  to: BerWriter,
  table: AgentTable,
  state: AgentState,
  asked: Asked,
  nowMs: number,
): boolean {
  const { pdu, isV1, maxOctets } = asked;
  const isAnswered =
    pdu.type === pduType.get ||
    pdu.type === pduType.getNext ||
    pdu.type === pduType.set ||
    (pdu.type === pduType.getBulk && !isV1);
  if (!isAnswered) return false;
  const layout = table.layout(`${isV1 ? 1 : 2}${maxOctets}${pdu.shape}`, () => createLayout(table, asked));
  const before = to.mark();
  if ("parts" in layout) {
    for (let index = layout.parts.length - 1; index >= 0; index--) {
      const part = layout.parts[index]!;
      if (Buffer.isBuffer(part)) to.raw(part);
      else writeMovingRow(to, part, nowMs, state);
    }
  } else if (layout.errorStatus !== errorStatus.tooBig || isV1) to.raw(pdu.varBinds);
  to.close(0x30, before);
  to.integer("parts" in layout ? 0 : layout.errorIndex);
  to.integer("parts" in layout ? 0 : layout.errorStatus);
  const afterId = to.mark();
  to.raw(pdu.requestId);
  to.close(0x02, afterId);
  to.close(pduType.response, before);
  return true;
}

function createLayout(table: AgentTable, { pdu, isV1, maxOctets }: Asked): Layout {
  if (pdu.type === pduType.set) {
    return { errorStatus: isV1 ? errorStatus.noSuchName : errorStatus.notWritable, errorIndex: 1 };
  }
  const chosen = pdu.type === pduType.getBulk ? bulkRows(table, pdu, maxOctets) : rowsOf(table, pdu, isV1);
  if (typeof chosen === "number") return { errorStatus: errorStatus.noSuchName, errorIndex: chosen };
  const octets = chosen.reduce(
    (sum, part) => sum + (Buffer.isBuffer(part) ? part.length : part.maxOctets),
    0,
  );
  if (octets + pduOverhead > maxOctets) return { errorStatus: errorStatus.tooBig, errorIndex: 0 };
  return { parts: joinFinished(chosen) };
}

/** Rows of a Get or GetNext, or (v1) the number of the first variable there is none for. */
function rowsOf(table: AgentTable, pdu: Pdu, isV1: boolean): (Buffer | Row)[] | number {
  const chosen: (Buffer | Row)[] = [];
  for (const [index, oid] of pdu.oids.entries()) {
    const row = pdu.type === pduType.get ? table.find(oid) : nextRow(table, oid, isV1);
    if (row !== undefined && !(isV1 && row.tag === snmprecTag.counter64)) chosen.push(row);
    else if (isV1) return index + 1;
    else if (pdu.type === pduType.getNext) chosen.push(exceptionVarBind(oid, exception.endOfMibView));
    else {
      const kind = table.knowsObjectOf(oid) ? exception.noSuchInstance : exception.noSuchObject;
      chosen.push(exceptionVarBind(oid, kind));
    }
  }
  return chosen;
}

/** The row after an OID. A v1 manager cannot read Counter64, so those are passed over (RFC 3584 4.2.2.1). */
function nextRow(table: AgentTable, oid: Uint8Array, isV1: boolean): Row | undefined {
  let index = indexAfter(table, oid);
  while (isV1 && table.rows[index]?.tag === snmprecTag.counter64) index++;
  return table.rows[index];
}

function indexAfter(table: AgentTable, oid: Uint8Array): number {
  const index = table.lowerBound(oid);
  const row = table.rows[index];
  return row !== undefined && orderOf(row.key, oid) === 0 ? index + 1 : index;
}

/** RFC 3416 4.2.3: as many repetitions as fit, ending early when every column is at its end. */
function bulkRows(table: AgentTable, pdu: Pdu, maxOctets: number): (Buffer | Row)[] {
  const chosen: (Buffer | Row)[] = [];
  let room = maxOctets - pduOverhead;
  const add = (part: Buffer | Row): boolean => {
    room -= Buffer.isBuffer(part) ? part.length : part.maxOctets;
    if (room >= 0) chosen.push(part);
    return room >= 0;
  };
  const single = pdu.oids.slice(0, pdu.nonRepeaters);
  for (const oid of single) {
    const row = table.rows[indexAfter(table, oid)];
    if (!add(row ?? exceptionVarBind(oid, exception.endOfMibView))) return chosen;
  }
  const repeated = pdu.oids.slice(pdu.nonRepeaters);
  const cursors = repeated.map((oid) => indexAfter(table, oid));
  const last: Uint8Array[] = [...repeated];
  for (let repetition = 0; repetition < pdu.maxRepetitions && repeated.length > 0; repetition++) {
    let isAtEnd = true;
    for (let column = 0; column < cursors.length; column++) {
      const row = table.rows[cursors[column]!];
      if (!add(row ?? exceptionVarBind(last[column]!, exception.endOfMibView))) return chosen;
      if (row === undefined) continue;
      last[column] = row.key;
      cursors[column]!++;
      isAtEnd = false;
    }
    if (isAtEnd) break;
  }
  return chosen;
}

function exceptionVarBind(oid: Uint8Array, tag: number): Buffer {
  exceptionWriter.reset();
  writeVarBind(exceptionWriter, oid, () => exceptionWriter.close(tag, exceptionWriter.mark()));
  return exceptionWriter.take();
}

/** Neighbouring finished variable bindings become one piece. */
function joinFinished(chosen: readonly (Buffer | Row)[]): (Buffer | Row)[] {
  const parts: (Buffer | Row)[] = [];
  let finished: Buffer[] = [];
  const flush = () => {
    if (finished.length > 0) parts.push(Buffer.concat(finished));
    finished = [];
  };
  for (const part of chosen) {
    if (Buffer.isBuffer(part)) finished.push(part);
    else if (part.varBind !== undefined) finished.push(part.varBind);
    else {
      flush();
      parts.push(part);
    }
  }
  flush();
  return parts;
}
