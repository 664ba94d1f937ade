import {
  type AuditHead,
  type AuditRecord,
  CHAIN_START,
  parseHead,
  parseRecord,
  sha256Of,
} from "./audit-record.ts";
import { readIfPresent } from "./files.ts";
import type { StackPaths } from "./layout.ts";
import { readSeal, type Seal } from "./seal.ts";

/** Where a chain breaks. */
export interface AuditFault {
  readonly kind: "altered" | "missing" | "truncated" | "head-missing";
  /** the first record that is not what it was, or is not there */
  readonly sequence: number;
  /** the line of the file, from 1, where it shows */
  readonly line: number;
  /** for people */
  readonly message: string;
}

export interface AuditChain {
  /** those that can be read, also after a fault */
  readonly records: readonly AuditRecord[];
  /** octets of a record that a crash cut short and nothing was written after */
  readonly tornOctets: number;
  /** undefined: the chain holds */
  readonly fault: AuditFault | undefined;
  /** the last record: noted elsewhere, it shows later that nothing before it changed */
  readonly head: AuditHead | undefined;
}

/**
 * Reads the audit log of a stack and follows its chain: every record has to name the line before it, and the last
 * one has to be the one that the head names, or to come after it. The record that the state's seal names has to be there.
 */
export async function readAuditChain(paths: StackPaths): Promise<AuditChain> {
  const data = (await readIfPresent(paths.audit)) ?? Buffer.alloc(0);
  const head = parseHead((await readIfPresent(paths.auditHead))?.toString("utf8") ?? "");
  const lines = splitLines(data);
  const rest = data.subarray(lines.reduce((at, line) => at + line.length + 1, 0));
  const { records, fault } = follow(lines, head?.sequence);
  const last = lines.at(-1);
  const end =
    records.length > 0 && last ? { sequence: records.at(-1)!.sequence, sha256: sha256Of(last) } : undefined;
  return {
    records,
    tornOctets: rest.length,
    fault:
      fault ??
      compareToHead(lines, records, head, data.length > 0) ??
      compareToSeal(lines, await readSeal(paths)),
    head: end,
  };
}

function splitLines(data: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = data.indexOf(0x0a, at);
    if (end < 0) return lines;
    lines.push(data.subarray(at, end));
    at = end + 1;
  }
}

function follow(lines: readonly Buffer[], headSequence: number | undefined) {
  const records: AuditRecord[] = [];
  let fault: AuditFault | undefined;
  let expected = 1;
  let previous = CHAIN_START;
  lines.forEach((line, i) => {
    const record = parseRecord(line.toString("utf8"));
    const next = lines[i + 1] && parseRecord(lines[i + 1]!.toString("utf8"));
    const isTorn = next?.operation === "log-repair" && next.tornOctets === line.length;
    if (!fault && !isTorn) fault = faultOf(record, expected, previous, i + 1);
    previous = sha256Of(line);
    if (isTorn || !record) return;
    records.push(record);
    expected = record.sequence + 1;
  });
  // The lines that are there follow one another, but the first of them is not the first.
  if (!fault && lines.length === 0 && headSequence)
    fault = missing(1, headSequence, 1, "the log is empty or gone");
  return { records, fault };
}

function faultOf(
  record: AuditRecord | undefined,
  expected: number,
  previous: string,
  line: number,
): AuditFault | undefined {
  if (!record) return altered(expected, line, "it is no record any more");
  if (record.sequence > expected) return missing(expected, record.sequence - 1, line);
  if (record.sequence < expected) return altered(record.sequence, line, "it stands after a later one");
  if (record.previous === previous) return undefined;
  return expected === 1
    ? missing(1, 1, line, "the first line is not the beginning of a chain")
    : altered(expected - 1, line - 1, `record ${expected} follows from another text`);
}

function compareToHead(
  lines: readonly Buffer[],
  records: readonly AuditRecord[],
  head: AuditHead | undefined,
  isPresent: boolean,
): AuditFault | undefined {
  const last = records.at(-1)?.sequence ?? 0;
  if (!head) {
    return isPresent && last > 0
      ? {
          kind: "head-missing",
          sequence: last,
          line: lines.length,
          message: `what says where the log ends is missing: records after ${last} may have been taken away`,
        }
      : undefined;
  }
  if (last < head.sequence) {
    const range =
      last + 1 === head.sequence ? `record ${head.sequence}` : `records ${last + 1} to ${head.sequence}`;
    return {
      kind: "truncated",
      sequence: last + 1,
      line: lines.length + 1,
      message: `the end was cut off: ${range} missing`,
    };
  }
  const at = lines.findLastIndex((line) => parseRecord(line.toString("utf8"))?.sequence === head.sequence);
  return sha256Of(lines[at] ?? "") === head.sha256
    ? undefined
    : altered(head.sequence, at + 1, "another one was written there");
}

/**
 * The seal of the state names the record that was the last when the state was written, and whoever changes that breaks
 * the seal: so the log up to there holds also against somebody who wrote log and head anew.
 */
function compareToSeal(lines: readonly Buffer[], seal: Seal | undefined): AuditFault | undefined {
  for (const { audit } of seal?.states ?? []) {
    if (!audit || !Number.isSafeInteger(audit.sequence)) continue;
    const at = lines.findIndex((line) => parseRecord(line.toString("utf8"))?.sequence === audit.sequence);
    if (at < 0) return missing(audit.sequence, audit.sequence, lines.length + 1, "the state's seal names it");
    if (sha256Of(lines[at]!) !== audit.sha256)
      return altered(audit.sequence, at + 1, "the state's seal names another text, of it or of one before");
  }
  return undefined;
}

const altered = (sequence: number, line: number, why: string): AuditFault => ({
  kind: "altered",
  sequence,
  line,
  message: `record ${sequence} (line ${line}) was altered: ${why}`,
});

function missing(first: number, last: number, line: number, why?: string): AuditFault {
  const what = first === last ? `record ${first} is missing` : `records ${first} to ${last} are missing`;
  return {
    kind: "missing",
    sequence: first,
    line,
    message: why ? `${what}: ${why}` : `${what} before line ${line}`,
  };
}
