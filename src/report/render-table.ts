/** Tables for people (`table`) and for pipes (`plain`). */
import { terminalText } from "./encode.ts";
import type { CellValue, TableColumn, TableView } from "./table-view.ts";
import { cut, widthOf } from "./width.ts";

export interface TableStyle {
  /** Columns of the terminal; columns are dropped, then cut, to fit. Infinity: never. */
  width: number;
  /** Paints a header, and a cell of a state column; identity without colour. */
  header: (text: string) => string;
  state: (word: string, text: string) => string;
}

const MIN_CUT_WIDTH = 8;
const GAP = "  ";

/** A cell as a person reads it: formatted, one line, no control characters. */
export function cellText(column: TableColumn, value: CellValue): string {
  if (column.format) return terminalText(column.format(value));
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return terminalText(String(value));
}

/** A fitted table with a header. The first column is never cut; columns go before values are cut. */
export function renderTable(view: TableView, style: TableStyle): string {
  const lines: string[] = [];
  if (view.title) lines.push(style.header(terminalText(view.title)), "");
  if (view.rows.length === 0) {
    if (view.empty) lines.push(terminalText(view.empty));
  } else {
    const cells = view.rows.map((row) => view.columns.map((column) => cellText(column, row[column.key])));
    const { shown, widths } = fitColumns(view.columns, cells, style.width);
    const line = (texts: readonly string[], paint: (text: string, column: number) => string) =>
      shown
        .map((column, place) => {
          const width = widths[column] ?? 0;
          const text = cut(texts[column] ?? "", width);
          const padding = " ".repeat(Math.max(0, width - widthOf(text)));
          if (view.columns[column]?.align === "right") return padding + paint(text, column);
          return paint(text, column) + (place === shown.length - 1 ? "" : padding);
        })
        .join(GAP)
        .trimEnd();
    lines.push(
      line(
        view.columns.map((column) => column.header),
        (text) => style.header(text),
      ),
    );
    for (const [index, row] of cells.entries()) {
      lines.push(
        line(row, (text, column) => {
          const { isState, key } = view.columns[column] as TableColumn;
          return isState ? style.state(String(view.rows[index]?.[key] ?? ""), text) : text;
        }),
      );
    }
  }
  for (const note of view.notes ?? []) lines.push("", terminalText(note));
  return `${lines.join("\n")}\n`;
}

/** Tab-separated raw values without a header: for grep, cut and awk. */
export function renderPlain(view: TableView): string {
  const rows = view.rows.map((row) =>
    view.columns.map(({ key }) => terminalText(String(row[key] ?? "")).replaceAll("\t", " ")).join("\t"),
  );
  return rows.length === 0 ? "" : `${rows.join("\n")}\n`;
}

function fitColumns(columns: readonly TableColumn[], cells: readonly string[][], width: number) {
  const widths = columns.map((column, index) =>
    cells.reduce((widest, row) => Math.max(widest, widthOf(row[index] ?? "")), widthOf(column.header)),
  );
  let shown = columns.map((_column, index) => index);
  const total = () =>
    shown.reduce((sum, column) => sum + (widths[column] ?? 0), 0) + GAP.length * (shown.length - 1);
  const dropOrder = (column: number) => (column === 0 ? 0 : (columns[column]?.dropOrder ?? 1));
  while (total() > width && shown.some((column) => dropOrder(column) > 0)) {
    // Cut long text a little before a column goes for good.
    const spare = total() - width;
    const widest = shown
      .slice(1)
      .reduce((best, column) => ((widths[column] ?? 0) > (widths[best] ?? 0) ? column : best), -1);
    const least = columns[widest]?.leastWidth ?? 24;
    if (widest >= 0 && columns[widest]?.align !== "right" && (widths[widest] ?? 0) - spare >= least) {
      widths[widest] = (widths[widest] ?? 0) - spare;
      break;
    }
    const last = shown.reduce((worst, column) => (dropOrder(column) >= dropOrder(worst) ? column : worst));
    if (dropOrder(last) === 0) break;
    shown = shown.filter((column) => column !== last);
  }
  for (let column = shown.length - 1; column > 0 && total() > width; column--) {
    const index = shown[column] as number;
    widths[index] = Math.max(MIN_CUT_WIDTH, (widths[index] ?? 0) - (total() - width));
  }
  return { shown, widths };
}
