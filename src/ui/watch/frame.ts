/** A state as the lines of a screen. Pure: the same state is the same lines, so an idle screen sends nothing. */
import type { WatchRow, WatchSnapshot } from "../../actions/watch/snapshot.ts";
import { cut, widthOf } from "../../report/width.ts";
import { cell } from "./cells.ts";
import { type Column, columnsFor } from "./columns.ts";
import { detailOf, momentOf } from "./detail.ts";
import { helpLines } from "./help.ts";
import type { Line, Span } from "./line.ts";
import { itemsOf } from "./list.ts";
import { listLines, selectionOf } from "./reduce.ts";
import type { View, WatchState } from "./state.ts";

/** Below this the frame is not drawn: nothing would be readable. */
export const LEAST_COLUMNS = 40;
export const LEAST_ROWS = 10;
/** One line fewer than the screen has, so that the last one never scrolls. */
export function frameOf(state: WatchState): Line[] {
  const { columns, rows, snapshot } = state;
  if (columns < LEAST_COLUMNS || rows < LEAST_ROWS)
    return [[{ text: cut(`the window is too small: ${LEAST_COLUMNS} × ${LEAST_ROWS} at least`, columns) }]];
  const list = state.isHelp ? helpLines(listLines(state), columns) : listOf(state);
  const frame: Line[] = [
    headerOf(state),
    countsOf(snapshot, columns),
    viewsOf(state),
    ...list,
    ...detailOf(state),
    footOf(state),
  ];
  return frame;
}

function headerOf({ snapshot, isStale, trouble, columns }: WatchState): Line {
  const missing = snapshot?.missingShards?.join(", ");
  const left = `pdc watch · ${snapshot?.province ?? ""}${missing ? ` · without shard ${missing}` : ""}`;
  const when =
    snapshot?.newestSampleMs === undefined ? "" : momentOf(snapshot.newestSampleMs, snapshot.timeZone);
  const isOld = snapshot?.isOld === true;
  const right =
    trouble !== ""
      ? "NO DATA"
      : isStale
        ? `as of ${when}, reading …`
        : when === ""
          ? "reading …"
          : isOld
            ? `NO DATA SINCE ${when}`
            : `data of ${when}`;
  const room = columns - widthOf(right) - 1;
  return [
    { text: cell(left, room), style: "bold" },
    {
      text: ` ${right}`,
      ...(isStale && trouble === ""
        ? { style: "dim" as const }
        : (trouble !== "" || isOld) && { style: "down" as const }),
    },
  ];
}

const stateOrder = ["down", "unreachable", "degraded", "unknown", "up"] as const;

function countsOf(snapshot: WatchSnapshot | undefined, columns: number): Line {
  if (!snapshot) return [{ text: "" }];
  const open = snapshot.incidents.filter(({ acknowledgedBy }) => acknowledgedBy === undefined).length;
  const text = `incidents ${snapshot.incidents.length}${open > 0 ? `, ${open} new` : ""}`;
  const spans: Span[] = [{ text, style: open > 0 ? "bold" : "dim" }];
  const isNarrow = columns < 110;
  for (const kind of ["device", "link"] as const) {
    const rows = snapshot.rows.filter((row) => row.kind === kind);
    spans.push({ text: `   ${kind}s ${rows.length}:`, style: "dim" });
    for (const state of stateOrder) {
      const count = rows.filter((row) => row.state === state).length;
      if (count > 0) spans.push({ text: ` ${count} ${isNarrow ? shortStates[state] : state}`, style: state });
    }
  }
  return clipped(spans, columns);
}

const shortStates: Readonly<Record<WatchRow["state"], string>> = {
  down: "down",
  unreachable: "unreach",
  degraded: "degr",
  unknown: "unkn",
  up: "up",
};

const viewTitles: Readonly<Record<View, string>> = {
  tree: "Tree",
  links: "Links",
  devices: "Devices",
  incidents: "Incidents",
};

function viewsOf(state: WatchState): Line {
  const spans: Span[] = Object.entries(viewTitles).map(([view, title], at) =>
    view === state.view
      ? { text: `[${at + 1} ${title}]`, style: "bold" }
      : { text: ` ${at + 1} ${title} `, style: "dim" },
  );
  const names = new Map((state.snapshot?.rows ?? []).map((row) => [`${row.kind}/${row.id}`, row.name]));
  const path = [state.snapshot?.province ?? "", ...state.path.map((id) => names.get(`agency/${id}`) ?? id)];
  if (state.filter !== "" && !state.isTyping)
    spans.push({ text: `  filter “${state.filter}”`, style: "bold" });
  if (state.sort !== "state" && state.view !== "incidents")
    spans.push({ text: `  by ${state.sort}`, style: "dim" });
  if (state.view === "tree") {
    const taken = spans.reduce((sum, { text }) => sum + widthOf(text), 0);
    spans.push({ text: `  ${pathWords(path, state.columns - taken - 2)}` });
  }
  return clipped(spans, state.columns);
}

/** The end of the way says where one is; its beginning goes first. */
function pathWords(path: readonly string[], room: number): string {
  for (let from = 0; from < path.length; from++) {
    const words = [...(from > 0 ? ["…"] : []), ...path.slice(from)].join(" › ");
    if (widthOf(words) <= room || from === path.length - 1) return words;
  }
  return "";
}

function listOf(state: WatchState): Line[] {
  const columns = columnsFor(state);
  const room = listLines(state);
  const items = itemsOf(state);
  const selection = selectionOf(state);
  const first = firstShown(selection?.position ?? 0, items.length, room);
  const isRest = (column: Column) => column.width === 0;
  const fixed = columns.reduce((sum, { width }) => sum + width + 1, 1);
  const rest = Math.floor((state.columns - fixed) / Math.max(1, columns.filter(isRest).length));
  const widthOfColumn = (column: Column) => (isRest(column) ? rest : column.width);
  const atMs = state.snapshot?.atMs ?? 0;
  const title = columns.map((column) => cell(column.title, widthOfColumn(column), column.align)).join(" ");
  const lines: Line[] = [[{ text: cut(`  ${title}`, state.columns), style: "dim" }]];
  for (const [at, item] of items.slice(first, first + room).entries()) {
    const isSelected = first + at === selection?.position;
    const spans: Span[] = [{ text: isSelected ? "›" : " ", style: isSelected ? "selected" : "dim" }];
    for (const column of columns) {
      const style = isSelected ? "selected" : column.style?.(item);
      spans.push({ text: " ", ...(isSelected && { style: "selected" as const }) });
      spans.push({
        text: cell(column.text(item, atMs), widthOfColumn(column), column.align),
        ...(style && { style }),
      });
    }
    lines.push(clipped(spans, state.columns));
  }
  if (items.length === 0) lines.push([{ text: cell(`  ${emptyWords(state)}`, state.columns), style: "dim" }]);
  while (lines.length < room + 1) lines.push([{ text: "" }]);
  return lines;
}

/** The window on the list moves by halves of itself, so that most steps change two lines only. */
function firstShown(position: number, count: number, room: number): number {
  if (count <= room) return 0;
  const step = Math.max(1, Math.floor(room / 2));
  const first = Math.max(0, Math.ceil((position - room + 1) / step) * step);
  return Math.min(first, count - room);
}

function emptyWords({ snapshot, filter, view, trouble }: WatchState): string {
  if (trouble !== "" && !snapshot) return trouble;
  if (!snapshot) return "reading the store …";
  if (filter !== "") return `nothing fits “${filter}” (esc clears the filter)`;
  return view === "incidents" ? "no incident runs" : "nothing here";
}

function footOf(state: WatchState): Line {
  const { isTyping, filter, message, trouble, columns, view } = state;
  if (isTyping)
    return [
      { text: cell(`/${filter}▏  enter keeps the filter, esc clears it`, columns).trimEnd(), style: "bold" },
    ];
  if (message !== "") return [{ text: cut(cell(message, columns).trimEnd(), columns), style: "bold" }];
  if (trouble !== "") return [{ text: cut(cell(trouble, columns).trimEnd(), columns), style: "down" }];
  const position = selectionOf(state)?.position;
  const place = position === undefined ? "" : `${position + 1}/${itemsOf(state).length}`;
  const keys =
    view === "incidents"
      ? "? help  q quit  ↑↓ move  enter go there  a acknowledge  / filter"
      : "? help  q quit  ↑↓ move  enter in  esc out  / filter  s sort  tab view";
  return [
    { text: cell(keys, columns - widthOf(place) - 1), style: "dim" },
    { text: ` ${place}`, style: "dim" },
  ];
}

function clipped(spans: readonly Span[], columns: number): Line {
  let left = columns;
  const line: Span[] = [];
  for (const span of spans) {
    if (left <= 0) break;
    const text = cut(cell(span.text, widthOf(span.text)), left);
    left -= widthOf(text);
    line.push({ ...span, text });
  }
  return line;
}
