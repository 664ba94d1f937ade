import { createHash } from "node:crypto";

/** What an operation did to a stack, as the audit log names it. */
export type AuditOperation =
  | "init"
  | "up"
  | "refresh"
  | "destroy"
  | "import"
  | "import-state"
  | "state-edit"
  | "state-accept"
  | "config-set"
  | "config-rm"
  | "cancel"
  | "take-over"
  | "rm"
  /** a record that a crash left half written was closed */
  | "log-repair";

/** What a caller says; the log adds who, when and where it stands in the chain. */
export interface AuditEntry {
  readonly operation: AuditOperation;
  readonly phase: "begin" | "end";
  /** of an `end`: the sequence of its `begin` */
  readonly begins?: number;
  readonly result?: "succeeded" | "failed" | "canceled";
  /** number of resources by what was done to them */
  readonly changes?: Readonly<Record<string, number>>;
  /** a key, a lock, an error's code: never a value */
  readonly detail?: string;
  /** of a `log-repair`: octets of the line before it, which is no whole record */
  readonly tornOctets?: number;
}

/** One line of an audit log. */
export interface AuditRecord extends AuditEntry {
  /** 1, 2, 3 … without gaps */
  readonly sequence: number;
  /** RFC 3339, UTC */
  readonly time: string;
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  /** of pdc; empty where it was not told */
  readonly version: string;
  /** `organization/<project>/<stack>` */
  readonly stack: string;
  /** SHA-256 of the line before, without its line feed; of the first, 64 zeros */
  readonly previous: string;
}

/** Where a log ends, kept beside it so that a shortened log can be told from a whole one. */
export interface AuditHead {
  readonly sequence: number;
  /** of the last line */
  readonly sha256: string;
}

/** What the first record names as the one before it. */
export const CHAIN_START = "0".repeat(64);

export const sha256Of = (line: Uint8Array | string): string =>
  createHash("sha256").update(line).digest("hex");

/** The record of a line; undefined when it is none. */
export function parseRecord(line: string): AuditRecord | undefined {
  try {
    const json = JSON.parse(line) as Partial<AuditRecord> | null;
    const isRecord =
      Number.isSafeInteger(json?.sequence) &&
      typeof json?.previous === "string" &&
      typeof json.operation === "string" &&
      typeof json.time === "string";
    return isRecord ? (json as AuditRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** The head of a log; undefined when the text is none. */
export function parseHead(text: string): AuditHead | undefined {
  try {
    const json = JSON.parse(text) as Partial<AuditHead> | null;
    const isHead = Number.isSafeInteger(json?.sequence) && typeof json?.sha256 === "string";
    return isHead ? (json as AuditHead) : undefined;
  } catch {
    return undefined;
  }
}
