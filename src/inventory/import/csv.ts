/** CSV (RFC 4180) of one table as incoming objects. Reads what `pdc inventory export` and spreadsheets write. */
import { COLUMNS, fromRow, type TableName } from "../columns.ts";
import { type DecodedText, decodeText } from "../decode-text.ts";
import type { Kind } from "../kinds.ts";
import type { InventoryProblem } from "../model.ts";
import { didYouMean } from "../near-match.ts";
import { ImportError, type Incoming, type RawObject } from "./incoming.ts";

/** A spreadsheet that is not refused whole: its problems at once, with the line of each (exit code 22). */
export class CsvError extends Error {
  readonly code = "invalid-csv";
  readonly exitCode = 22;
  readonly problems: readonly InventoryProblem[];
  constructor(problems: readonly InventoryProblem[]) {
    super(
      problems
        .map((problem) => `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`)
        .join("\n"),
    );
    this.problems = problems;
  }
}

/** Reads one table. Interfaces need the devices they belong to: they are given to `devices` of the incoming objects. */
export function readCsv(file: string, octets: Uint8Array, table: TableName): Incoming {
  const decoded: DecodedText = decodeText(octets);
  if ("error" in decoded)
    throw new ImportError("encoding", `${file}: ${decoded.error}`, { fix: decoded.hint, target: file });
  const { delimiter, rows: lines } = parseCsv(decoded.text);
  const [header, ...rows] = lines;
  const problems: InventoryProblem[] = [];
  const report = (line: number, column: number, code: string, message: string, hint?: string) =>
    problems.push({ file, line, column, code, message, ...(hint && { hint }) });
  const known = Object.keys(COLUMNS[table]);
  const names = (header?.fields ?? []).map((name) => name.trim());
  for (const [i, name] of names.entries()) {
    if (!known.includes(name))
      report(
        header?.line ?? 1,
        i + 1,
        "unknown-column",
        `unknown column "${name}"`,
        didYouMean(name, known) ?? `known: ${known.join(", ")}`,
      );
    else if (names.indexOf(name) !== i) report(1, i + 1, "duplicate-column", `column "${name}" stands twice`);
  }
  const first = known[0]!;
  if (!names.includes(first)) report(1, 1, "missing-column", `there is no column "${first}"`);
  // Where the semicolon separates fields, the comma separates decimals: "17,468".
  const isNumber = (name: string) => (COLUMNS[table] as Record<string, string>)[name] === "number";
  const fieldOf = (name: string, field: string) =>
    plainField(
      delimiter !== "," && isNumber(name) ? field.replace(/^(\s*[+-]?\d+),(\d+\s*)$/, "$1.$2") : field,
    );
  const objects: Record<string, unknown>[] = [];
  for (const { fields, line } of problems.length > 0 ? [] : rows) {
    if (fields.every((field) => field.trim() === "")) continue;
    if (fields.length > names.length)
      report(
        line,
        names.length + 1,
        "extra-field",
        `${fields.length} fields, the header has ${names.length}`,
      );
    const row = Object.fromEntries(names.map((name, i) => [name, fieldOf(name, fields[i] ?? "")]));
    if ((row[first] ?? "").trim() === "")
      report(line, names.indexOf(first) + 1, "missing-key", `"${first}" is empty`);
    objects.push(
      fromRow(table, row, (column, why) =>
        report(line, names.indexOf(column) + 1, "wrong-type", `"${column}": ${why}`),
      ),
    );
  }
  if (problems.length > 0) throw new CsvError(problems);
  if (table !== "interfaces")
    return { objects: { [table satisfies Kind]: objects as RawObject[] }, notes: [] };
  return {
    objects: { devices: devicesOf(objects as ({ device: string } & Record<string, unknown>)[]) },
    notes: [],
  };
}

function devicesOf(interfaces: readonly ({ device: string } & Record<string, unknown>)[]): RawObject[] {
  const byDevice = new Map<string, Record<string, unknown>[]>();
  for (const { device, ...one } of interfaces) byDevice.set(device, [...(byDevice.get(device) ?? []), one]);
  return [...byDevice].map(([id, list]) => ({ id, interfaces: list }));
}

/** Takes off the apostrophe that an export puts before what a spreadsheet would run as a formula. */
function plainField(field: string): string {
  return field.replace(/^'(?=\s*[=+\-@\t\r＝＋－＠])/, "");
}

/**
 * Fields and the line each row begins on. The delimiter is that of the header (comma, semicolon or tab), or what
 * Excel's line before it says: "sep=;".
 */
function parseCsv(text: string): { delimiter: string; rows: { fields: string[]; line: number }[] } {
  const said = /^sep=([,;\t])[ \t]*\r?\n/i.exec(text);
  const start = said?.[0].length ?? 0;
  const header = text.slice(start, start + text.slice(start).search(/[\r\n]|$/));
  const delimiter =
    said?.[1] ??
    [",", ";", "\t"].reduce((best, one) =>
      header.split(one).length > header.split(best).length ? one : best,
    );
  const rows: { fields: string[]; line: number }[] = [];
  let fields: string[] = [];
  let field = "";
  let isQuoted = false;
  let line = said ? 2 : 1;
  let rowLine = line;
  for (let i = start; i < text.length; i++) {
    const character = text[i]!;
    if (character === "\n") line++;
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[++i];
      else isQuoted = false;
    } else if (character === '"' && field === "") isQuoted = true;
    else if (character === delimiter) {
      fields.push(field);
      field = "";
    } else if (character === "\n") {
      rows.push({ fields: [...fields, field], line: rowLine });
      fields = [];
      field = "";
      rowLine = line;
    } else if (character !== "\r" || text[i + 1] !== "\n") field += character;
  }
  if (field !== "" || fields.length > 0) rows.push({ fields: [...fields, field], line: rowLine });
  return { delimiter, rows };
}
