/** Tables as a workbook: one sheet each, numbers as numbers, text as text that no spreadsheet runs. */
import { localMs } from "../inventory/wall-clock.ts";
import { terminalLines } from "./encode.ts";
import type { CellValue, TableColumn, TableView } from "./table-view.ts";

/** Excel's own limits of a sheet's name and of a cell's text. */
const LONGEST_NAME = 31;
const LONGEST_TEXT = 32_767;
const WIDEST = 60;
const HEADING = { fontWeight: "bold", backgroundColor: "#E8EDF3", wrap: true } as const;

/** A sheet before it is written. */
export interface XlsxSheet {
  name: string;
  view: TableView;
}

/**
 * The workbook's octets. A cell of text is typed as text, so that "=1+1" stays what it is; moments are dates of the
 * time zone; columns that people read as words are words.
 */
export async function renderXlsx(
  sheets: readonly XlsxSheet[],
  { timeZone, heading }: { timeZone: string; heading: readonly string[] },
): Promise<Uint8Array> {
  const { default: writeXlsxFile } = await import("write-excel-file/node");
  const names = new Set<string>();
  const made = sheets.map(({ name, view }, place) => {
    const used = view.columns.filter(({ key }) => view.rows.some((row) => isKnown(row[key])));
    const lines = place === 0 ? heading.map((line) => [text(line)]) : [];
    return {
      sheet: sheetName(name, names),
      data: [
        ...lines,
        used.map(({ header }) => ({ value: clean(header), type: String, ...HEADING })),
        ...view.rows.map((row) => used.map((column) => cell(column, row[column.key], timeZone))),
      ],
      columns: used.map((column) => ({ width: widthOf(column, view) })),
      stickyRowsCount: lines.length + 1,
    };
  });
  return writeXlsxFile(made).toBuffer();
}

function cell(column: TableColumn, value: CellValue, timeZone: string) {
  if (!isKnown(value)) return null;
  if (typeof value === "number") return { value, type: Number };
  if (typeof value === "bigint") return { value: Number(value), type: Number };
  if (typeof value === "boolean") return { value, type: Boolean };
  const atMs = momentOf(value);
  if (atMs !== undefined)
    return { value: new Date(localMs(atMs, timeZone)), type: Date, format: "yyyy-mm-dd hh:mm:ss" };
  return text(column.format ? column.format(value) : String(value));
}

function text(value: string) {
  return { value: clean(value), type: String };
}

/** Control characters are no XML, and lone surrogates no text. */
function clean(value: string): string {
  return terminalLines(value.toWellFormed()).slice(0, LONGEST_TEXT);
}

function isKnown(value: CellValue): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** ISO moments as rows carry them; days without a time stay text. */
function momentOf(value: CellValue): number | undefined {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/.test(value)
    ? Date.parse(value)
    : undefined;
}

function widthOf({ key, header, format }: TableColumn, { rows }: TableView): number {
  let widest = Math.min(header.length, 20);
  for (const row of rows.slice(0, 200)) {
    const value = row[key];
    const shown = format && isKnown(value) ? format(value) : String(value ?? "");
    widest = Math.max(widest, shown.length);
  }
  return Math.min(widest + 2, WIDEST);
}

/** Without the characters Excel refuses, short enough, and no name twice. */
function sheetName(wanted: string, taken: Set<string>): string {
  const stem =
    clean(wanted)
      .replaceAll(/[[\]:*?/\\]/g, " ")
      .trim() || "Sheet";
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? "" : ` ${number}`;
    const name = stem.slice(0, LONGEST_NAME - suffix.length) + suffix;
    if (taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    return name;
  }
}
