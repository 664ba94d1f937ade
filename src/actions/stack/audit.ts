/** The audit log of a stack as people read it: a row an operation, and whether the chain holds. */
import type { AuditChain } from "../../engine/state/audit-chain.ts";
import type { AuditRecord } from "../../engine/state/audit-record.ts";
import { openStack, type StackSelection } from "./open.ts";

export interface AuditRow {
  /** Of the record that began it. */
  sequence: number;
  startedAt: string;
  /** Absent: it runs, or was killed. */
  endedAt: string | undefined;
  user: string;
  host: string;
  pid: number;
  version: string;
  operation: string;
  result: string;
  changes: Readonly<Record<string, number>>;
  detail: string | undefined;
}

export interface StackAudit {
  /** Newest first. */
  operations: AuditRow[];
  chain: Pick<AuditChain, "fault" | "head" | "tornOctets"> & { records: number };
}

/** @param limit how many operations */
export async function auditStack(selection: StackSelection, limit: number): Promise<StackAudit> {
  const { engine, target } = await openStack(selection, { needsProgram: false });
  const { records, fault, head, tornOctets } = await engine.audit(target);
  const ends = new Map(
    records.flatMap((record) => (record.begins ? [[record.begins, record] as const] : [])),
  );
  const operations = records
    .filter(({ begins }) => begins === undefined)
    .map((record) => rowOf(record, record.phase === "end" ? record : ends.get(record.sequence)))
    .reverse()
    .slice(0, limit);
  return { operations, chain: { fault, head, tornOctets, records: records.length } };
}

function rowOf(record: AuditRecord, end: AuditRecord | undefined): AuditRow {
  const { sequence, time, user, host, pid, version, operation } = record;
  return {
    sequence,
    startedAt: time,
    endedAt: end?.time,
    user,
    host,
    pid,
    version,
    operation,
    result: end?.result ?? "no end",
    changes: end?.changes ?? {},
    detail: end?.detail ?? record.detail,
  };
}

/** What there is to say of a chain that holds, a line each. */
export function chainNotes({ chain }: StackAudit): string[] {
  const notes: string[] = [];
  if (!chain.fault && chain.head) {
    notes.push(
      `${chain.records} records, each follows from the one before; the last is ${chain.head.sequence}: ${chain.head.sha256}`,
    );
  }
  if (chain.tornOctets > 0)
    notes.push(`a crash left ${chain.tornOctets} octets of a record; the next operation closes them`);
  return notes;
}
