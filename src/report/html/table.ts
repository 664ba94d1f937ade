/**
 * Tables of a report page. What all cells of a column share (alignment, its header on a phone's cards, whether it is
 * left out there or on paper) is said once per column in the page's style, not in every cell: a province has many rows.
 */
import type { State } from "../../health/types.ts";
import { htmlText } from "../encode.ts";
import type { ReportSection } from "../model.ts";
import type { Speech } from "../sentence.ts";
import type { CellValue, TableColumn, TableView } from "../table-view.ts";
import { stripChart, trendChart } from "./charts.ts";
import { stateBadge } from "./marks.ts";

/** Columns with this drop order and above are left out on a phone; from the second on, on paper. */
const LOW_ON_PHONE = 4;
const LOW_ON_PAPER = 7;
/** Columns that hold sentences, names, and moments. */
const WIDE: ReadonlySet<string> = new Set(["why", "value"]);
const NAMES: ReadonlySet<string> = new Set(["name", "device"]);
const UNBROKEN: ReadonlySet<string> = new Set(["since", "lastSample", "lastSeen", "began", "objective"]);

type Drawings = Pick<ReportSection, "trends" | "strips" | "beneath">;

/** A table as HTML, and the style of its columns. */
export interface HtmlTable {
  html: string;
  style: string;
}

interface Column {
  header: string;
  headClass: string;
  /** Headers of what is written small beneath. */
  small: readonly string[];
  /** Rules of its cells, which `selector` names. */
  css(selector: string): string;
  cell(row: TableView["rows"][number]): string;
}

/** The table `id` with its drawings; `period` places the strips. */
export function htmlTable(
  id: string,
  view: TableView,
  speech: Speech,
  drawings: Drawings = {},
  period?: { fromMs: number; toMs: number },
): HtmlTable {
  if (view.rows.length === 0)
    return { html: view.empty ? `<p class="empty">${htmlText(view.empty)}</p>` : "", style: "" };
  const columns = [...textColumns(view, drawings), ...drawnColumns(speech, drawings, period)];
  const head = columns.map(({ header, headClass, small }) => {
    const more = small.map((text) => `<small>${htmlText(text)}</small>`).join("");
    return `<th scope="col"${headClass ? ` class="${headClass}"` : ""}>${htmlText(header)}${more}</th>`;
  });
  const body = view.rows.map(
    (row) => `<tr>${columns.map((column) => tableCell(column.cell(row))).join("")}</tr>`,
  );
  const notes = (view.notes ?? []).map((note) => `<p class="note">${htmlText(note)}</p>`).join("");
  const label = htmlText(view.title ?? "");
  return {
    html: `<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table id="t-${id}"><thead><tr>${head.join("")}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>${notes}`,
    style: columns
      .map(({ css }, place) => css(`#t-${id} td:nth-child(${place + 1})`))
      .filter(Boolean)
      .join("\n"),
  };

  function textColumns({ rows, columns: all }: TableView, { beneath = {} }: Drawings): Column[] {
    const used = all.filter((column) => rows.some((row) => isTelling(shownText(column, row[column.key]))));
    const below = new Set(used.flatMap(({ key }) => beneath[key] ?? []));
    const shown = used.filter(({ key }) => !below.has(key));
    const lead = shown.find(({ isState, dropOrder }) => !isState && dropOrder === 0);
    return shown.map((column) => {
      const small = used.filter(({ key }) => beneath[column.key]?.includes(key));
      const isNumber = column.align === "right";
      return {
        header: column.header,
        headClass: [isNumber ? "n" : "", (column.dropOrder ?? 1) >= LOW_ON_PAPER ? "vlo" : ""]
          .filter(Boolean)
          .join(" "),
        // Beneath a name its parts need no heading; beneath a number or a state they do.
        small: isNumber || column.isState ? small.map(({ header }) => header) : [],
        css: (selector) => columnCss(selector, column, column === lead, isNumber ? small : []),
        cell: (row) => {
          const value = row[column.key];
          const text = column.isState
            ? stateBadge(speech.messages, value as State)
            : htmlText(shownText(column, value));
          const more = small.map((other) => shownText(other, row[other.key])).filter(isTelling);
          return more.length === 0 ? text : `${text}<small>${htmlText(more.join(" · "))}</small>`;
        },
      };
    });
  }
}

/** A phone's cards leave out what says nothing. */
function tableCell(content: string): string {
  return content === "–" ? '<td class="z">–</td>' : `<td>${content}</td>`;
}

function drawnColumns(
  speech: Speech,
  { trends, strips }: Drawings,
  period: { fromMs: number; toMs: number } | undefined,
): Column[] {
  const columns: Column[] = [];
  const drawn = (header: string, cell: Column["cell"]) =>
    columns.push({ header, headClass: "", small: [], css: () => "", cell });
  if (trends !== undefined && trends.size > 0) {
    drawn(speech.word("trend"), (row) => {
      const trend = trends.get(String(row.id ?? ""));
      return trend ? trendChart(trend) : "";
    });
  }
  if (strips !== undefined && strips.size > 0 && period !== undefined) {
    drawn(speech.word("stateOverTime"), (row) => {
      const strip = strips.get(String(row.id ?? ""));
      return strip ? stripChart(strip, period.fromMs, period.toMs) : "";
    });
  }
  return columns;
}

function shownText(column: TableColumn, value: CellValue): string {
  return column.format ? column.format(value) : String(value ?? "");
}

/** Neither empty nor the dash that stands for "not known" or "none". */
function isTelling(text: string): boolean {
  return text !== "" && text !== "–";
}

/** The rules of one column's cells. */
function columnCss(
  selector: string,
  column: TableColumn,
  isLead: boolean,
  smallNumbers: readonly TableColumn[],
): string {
  const { key, align, dropOrder = 1, isState } = column;
  const rules: string[] = [];
  if (align === "right")
    rules.push(`${selector}{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}`);
  if (WIDE.has(key)) rules.push(`${selector}{min-width:17em;max-width:34em}`);
  else if (NAMES.has(key)) rules.push(`${selector}{min-width:11em}`);
  else if (isLead) rules.push(`${selector}{min-width:9em}`);
  else if (isState || UNBROKEN.has(key)) rules.push(`${selector}{white-space:nowrap}`);
  const onPhone: string[] = [];
  if (dropOrder >= LOW_ON_PHONE) onPhone.push(`${selector}{display:none}`);
  else {
    onPhone.push(`${selector}{text-align:left;white-space:normal;min-width:0;max-width:none}`);
    if (isLead) onPhone.push(`${selector}{font-weight:600;font-size:1.02rem}`);
    else if (!isState && !WIDE.has(key))
      onPhone.push(`${selector}::before{content:"${cssText(column.header)}: ";color:var(--soft)}`);
  }
  // Numbers beneath a number say nothing without their heading: one gets it, several are left out.
  const [only] = smallNumbers;
  if (smallNumbers.length === 1)
    onPhone.push(`${selector} small::before{content:"${cssText(only!.header)}: "}`);
  else if (smallNumbers.length > 1) onPhone.push(`${selector} small{display:none}`);
  rules.push(`@media (max-width:720px){${onPhone.join("")}}`);
  if (dropOrder >= LOW_ON_PAPER) rules.push(`@media print{${selector}{display:none}}`);
  return rules.join("\n");
}

/** Text inside a quoted CSS string, safe inside a style element. */
function cssText(text: string): string {
  return text.replace(
    /[^\p{L}\p{N} ,.%()-]/gu,
    (character) => `\\${character.codePointAt(0)?.toString(16)} `,
  );
}
