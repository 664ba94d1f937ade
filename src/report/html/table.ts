/** Tables of a report page. On a phone each row becomes a card, so every cell carries its header. */
import type { State } from "../../health/types.ts";
import { htmlText } from "../encode.ts";
import type { ReportSection } from "../model.ts";
import type { Speech } from "../sentence.ts";
import type { CellValue, TableColumn, TableView } from "../table-view.ts";
import { stripChart, trendChart } from "./charts.ts";
import { stateMark } from "./marks.ts";

/** Columns with this drop order and above are left out on a phone, and from the second on paper. */
const LOW_ON_PHONE = 4;
const LOW_ON_PAPER = 7;

type Drawings = Pick<ReportSection, "trends" | "strips">;

/** A table with its drawings; `period` places the strips. */
export function htmlTable(
  view: TableView,
  speech: Speech,
  drawings: Drawings = {},
  period?: { fromMs: number; toMs: number },
): string {
  if (view.rows.length === 0) return view.empty ? `<p class="empty">${htmlText(view.empty)}</p>` : "";
  const { trends, strips } = drawings;
  const hasTrends = trends !== undefined && trends.size > 0;
  const hasStrips = strips !== undefined && strips.size > 0 && period !== undefined;
  const isUsed = (column: TableColumn) => view.rows.some((row) => shownText(column, row[column.key]) !== "");
  const columns = view.columns.filter(isUsed);
  const head = [
    ...columns.map(
      (column) => `<th scope="col"${classOf(headClasses(column))}>${htmlText(column.header)}</th>`,
    ),
    ...(hasTrends ? [`<th scope="col">${htmlText(speech.word("trend"))}</th>`] : []),
    ...(hasStrips ? [`<th scope="col">${htmlText(speech.word("stateOverTime"))}</th>`] : []),
  ];
  const body = view.rows.map((row) => {
    const id = String(row.id ?? "");
    const trend = hasTrends ? trends.get(id) : undefined;
    const strip = hasStrips ? strips.get(id) : undefined;
    return [
      "<tr>",
      ...columns.map((column, place) => cell(column, row[column.key], place, speech)),
      ...(hasTrends ? [`<td>${trend ? trendChart(trend) : ""}</td>`] : []),
      ...(hasStrips ? [`<td>${strip ? stripChart(strip, period.fromMs, period.toMs) : ""}</td>`] : []),
      "</tr>",
    ].join("");
  });
  const notes = (view.notes ?? []).map((note) => `<p class="note">${htmlText(note)}</p>`).join("");
  const label = htmlText(view.title ?? "");
  return `<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>${notes}`;
}

function cell(column: TableColumn, value: CellValue, place: number, speech: Speech): string {
  if (column.isState) return `<td class="t first">${stateMark(speech.messages, value as State, true)}</td>`;
  const classes = cellClasses(column);
  if (place === 1) classes.push("lead");
  const text = shownText(column, value);
  return `<td${classOf(classes)}${text === "" ? "" : ` data-h="${htmlText(column.header)}"`}>${htmlText(text)}</td>`;
}

function shownText(column: TableColumn, value: CellValue): string {
  return column.format ? column.format(value) : String(value ?? "");
}

function headClasses(column: TableColumn): string[] {
  const classes = column.align === "right" ? ["n"] : [];
  const drop = column.dropOrder ?? 1;
  if (drop >= LOW_ON_PAPER) classes.push("vlo");
  return classes;
}

function cellClasses(column: TableColumn): string[] {
  const classes = headClasses(column);
  if (column.key === "why" || column.key === "value") classes.push("w");
  if (column.key === "since" || column.key === "lastSample") classes.push("t");
  if ((column.dropOrder ?? 1) >= LOW_ON_PHONE) classes.push("lo");
  return classes;
}

function classOf(classes: readonly string[]): string {
  return classes.length > 0 ? ` class="${classes.join(" ")}"` : "";
}
