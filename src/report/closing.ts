/** A month that is closed: its numbers in one form, their digest, and what a later look finds different. */
import { createHash } from "node:crypto";
import type { CellValue } from "./table-view.ts";

type Row = Readonly<Record<string, CellValue>>;

/** What is frozen. Rows have an `id`. */
export interface ClosedNumbers {
  links: readonly Row[];
  agencies: readonly Row[];
  carriers: readonly Row[];
  communes: readonly Row[];
  incidents: readonly Row[];
}

/** One closed month, or a restatement of one. */
export interface ClosedMonth {
  month: string;
  fromMs: number;
  toMs: number;
  closedMs: number;
  by: string;
  /** Revision of the inventory the numbers were made with. */
  inventoryRevision: string;
  toolVersion: string;
  /** SHA-256, hex, of `canonicalJson(numbers)`. */
  sha256: string;
  numbers: ClosedNumbers;
  /** Of a restatement: why, and what it says otherwise than what stood before. */
  reason?: string;
  differences?: readonly Difference[];
}

export interface Difference {
  table: keyof ClosedNumbers;
  id: string;
  /** Absent: the row is only in one of both. */
  field?: string;
  before?: CellValue;
  after?: CellValue;
}

/** JSON with keys in order and no spaces, what is undefined left out (in the manner of RFC 8785). */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const entries = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`);
  return `{${entries.join(",")}}`;
}

export function digestOf(numbers: ClosedNumbers): string {
  return createHash("sha256").update(canonicalJson(numbers)).digest("hex");
}

/** What `after` says otherwise than `before`, table by table and row by row. */
export function differencesBetween(before: ClosedNumbers, after: ClosedNumbers): Difference[] {
  const found: Difference[] = [];
  for (const table of Object.keys(after) as (keyof ClosedNumbers)[]) {
    const [old, now] = [byId(before[table]), byId(after[table])];
    for (const id of new Set([...old.keys(), ...now.keys()])) {
      const [was, is] = [old.get(id), now.get(id)];
      if (!was || !is) {
        found.push({ table, id });
        continue;
      }
      for (const field of new Set([...Object.keys(was), ...Object.keys(is)])) {
        if (canonicalJson(was[field] ?? null) === canonicalJson(is[field] ?? null)) continue;
        found.push({ table, id, field, before: was[field] ?? null, after: is[field] ?? null });
      }
    }
  }
  return found;
}

function byId(rows: readonly Row[] = []): Map<string, Row> {
  return new Map(rows.map((row) => [String(row.id ?? row.carrier), row]));
}
