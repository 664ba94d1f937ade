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

type Drawings = Pick<ReportSection, "trends" | "strips" | "beneath">;

/** A table with its drawings; `period` places the strips. */
export function htmlTable(
  view: TableView,
  speech: Speech,
  drawings: Drawings = {},
  period?: { fromMs: number; toMs: number },
): string {
  if (view.rows.length === 0) return view.empty ? `<p class="empty">${htmlText(view.empty)}</p>` : "";
  const { trends, strips, beneath = {} } = drawings;
  const hasTrends = trends !== undefined && trends.size > 0;
  const hasStrips = strips !== undefined && strips.size > 0 && period !== undefined;
  const isUsed = (column: TableColumn) =>
    view.rows.some((row) => isTelling(shownText(column, row[column.key])));
  const used = view.columns.filter(isUsed);
  const below = new Set(used.flatMap(({ key }) => beneath[key] ?? []));
  const columns = used.filter(({ key }) => !below.has(key));
  const small = (key: string) => used.filter((column) => beneath[key]?.includes(column.key));
  const lead = columns.find(({ isState, dropOrder }) => !isState && dropOrder === 0)?.key;
  const head = [
    ...columns.map((column) => headCell(column, small(column.key))),
    ...(hasTrends ? [`<th scope="col">${htmlText(speech.word("trend"))}</th>`] : []),
    ...(hasStrips ? [`<th scope="col">${htmlText(speech.word("stateOverTime"))}</th>`] : []),
  ];
  const body = view.rows.map((row) => {
    const id = String(row.id ?? "");
    const trend = hasTrends ? trends.get(id) : undefined;
    const strip = hasStrips ? strips.get(id) : undefined;
    return [
      "<tr>",
      ...columns.map((column) => cell(column, row, small(column.key), column.key === lead, speech)),
      ...(hasTrends ? [`<td>${trend ? trendChart(trend) : ""}</td>`] : []),
      ...(hasStrips ? [`<td>${strip ? stripChart(strip, period.fromMs, period.toMs) : ""}</td>`] : []),
      "</tr>",
    ].join("");
  });
  const notes = (view.notes ?? []).map((note) => `<p class="note">${htmlText(note)}</p>`).join("");
  const label = htmlText(view.title ?? "");
  return `<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>${notes}`;
}

function headCell(column: TableColumn, below: readonly TableColumn[]): string {
  // Beneath a name its parts need no heading; beneath a number they do.
  const more =
    column.align === "right" ? below.map(({ header }) => `<small>${htmlText(header)}</small>`).join("") : "";
  return `<th scope="col"${classOf(headClasses(column))}>${htmlText(column.header)}${more}</th>`;
}

function cell(
  column: TableColumn,
  row: TableView["rows"][number],
  below: readonly TableColumn[],
  isLead: boolean,
  speech: Speech,
): string {
  const value = row[column.key];
  if (column.isState) return `<td class="t first">${stateMark(speech.messages, value as State, true)}</td>`;
  const classes = cellClasses(column);
  if (isLead) classes.push("lead");
  const text = shownText(column, value);
  const beneath = below.map((other) => shownText(other, row[other.key])).filter(isTelling);
  const small = beneath.length > 0 ? `<small>${htmlText(beneath.join(" · "))}</small>` : "";
  const header = text === "" && small === "" ? "" : ` data-h="${htmlText(column.header)}"`;
  return `<td${classOf(classes)}${header}>${htmlText(text)}${small}</td>`;
}

function shownText(column: TableColumn, value: CellValue): string {
  return column.format ? column.format(value) : String(value ?? "");
}

/** Neither empty nor the dash that stands for "not known" or "none". */
function isTelling(text: string): boolean {
  return text !== "" && text !== "–";
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
  if (column.key === "name" || column.key === "device") classes.push("nm");
  if (column.key === "since" || column.key === "lastSample") classes.push("t");
  if ((column.dropOrder ?? 1) >= LOW_ON_PHONE) classes.push("lo");
  return classes;
}

function classOf(classes: readonly string[]): string {
  return classes.length > 0 ? ` class="${classes.join(" ")}"` : "";
}
