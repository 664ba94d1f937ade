/** The columns of the lists, and which of them there is room for. Pure. */
import { shortAge, shortRate, sparkline } from "./cells.ts";
import type { Style } from "./line.ts";
import { itemsOf, type ListItem } from "./list.ts";
import type { WatchState } from "./state.ts";

/** A column of the list; `width` 0 takes what is left. */
export interface Column {
  title: string;
  width: number;
  align?: "right";
  text(item: ListItem, atMs: number): string;
  style?(item: ListItem): Style | undefined;
}

const stateColumn: Column = {
  title: "STATE",
  width: 11,
  text: (item) => (item.kind === "row" ? item.row.state + (item.row.inMaintenance ? "*" : "") : ""),
  style: (item) => (item.kind === "row" ? item.row.state : undefined),
};
const nameColumn: Column = {
  title: "NAME",
  width: 0,
  text: (item) =>
    item.kind === "row"
      ? `${item.row.kind === "agency" ? "▸ " : "  "}${item.row.name}`
      : item.incident.subject,
};
const whatColumn: Column = {
  title: "",
  width: 12,
  text: (item) => (item.kind === "row" ? item.row.what : ""),
  style: () => "dim",
};
const whyColumn: Column = {
  title: "WHY",
  width: 0,
  text: (item) => {
    if (item.kind === "incident") return item.incident.why;
    const { row, below } = item;
    if (row.why !== "" || !below || below.notUp === 0) return row.why;
    return `${below.notUp} of ${below.total} below not up`;
  },
};
const rate = (title: string, of: "in" | "out"): Column => ({
  title,
  width: 5,
  align: "right",
  text: (item) => (item.kind === "row" ? shortRate(item.row[of]) : ""),
});
const useColumn: Column = {
  title: "USE",
  width: 4,
  align: "right",
  text: (item) => (item.kind === "row" && item.row.use !== undefined ? `${Math.round(item.row.use)}%` : ""),
};
const trendColumn = (width: number): Column => ({
  title: "TREND",
  width,
  text: (item) => (item.kind === "row" && item.row.trend ? sparkline(item.row.trend, width) : ""),
});
const sinceColumn: Column = {
  title: "FOR",
  width: 4,
  align: "right",
  text: (item, atMs) => {
    if (item.kind === "incident") return shortAge(atMs - item.incident.startMs);
    const { state, sinceMs } = item.row;
    return state === "up" || sinceMs === undefined ? "" : shortAge(atMs - sinceMs);
  },
};
const lossColumn: Column = {
  title: "LOSS",
  width: 5,
  align: "right",
  text: (item) => (item.kind === "row" && item.row.lossPercent ? `${item.row.lossPercent}%` : ""),
};
const rttColumn: Column = {
  title: "RTT",
  width: 6,
  align: "right",
  text: (item) =>
    item.kind === "row" && item.row.rttMs !== undefined
      ? `${item.row.rttMs < 10 ? item.row.rttMs : Math.round(item.row.rttMs)}ms`
      : "",
};
const incidentColumns: readonly Column[] = [
  {
    title: "SEVERITY",
    width: 9,
    text: (item) => (item.kind === "incident" ? item.incident.severity : ""),
    style: (item) =>
      item.kind === "incident" && item.incident.severity === "critical" ? "down" : "degraded",
  },
  sinceColumn,
  { ...nameColumn, title: "WHAT" },
  {
    title: "CAUSE",
    width: 13,
    text: (item) => (item.kind === "incident" ? item.incident.cause : ""),
  },
  {
    title: "HITS",
    width: 4,
    align: "right",
    text: (item) =>
      item.kind === "incident" && item.incident.affected > 0 ? String(item.incident.affected) : "",
  },
  {
    title: "ACK",
    width: 8,
    text: (item) => (item.kind === "incident" ? (item.incident.acknowledgedBy ?? "") : ""),
    style: () => "dim",
  },
];

/** What there is room for, the least telling left out first; no traffic where there are no links. */
export function columnsFor(state: WatchState): Column[] {
  const { view, columns } = state;
  const isWide = columns >= 110;
  const isNarrow = columns < 70;
  const traffic = isNarrow
    ? [useColumn]
    : [rate("IN", "in"), rate("OUT", "out"), useColumn, trendColumn(isWide ? 16 : 8)];
  const wide = (...these: Column[]) => (isWide ? these : []);
  switch (view) {
    case "incidents":
      return isNarrow ? incidentColumns.slice(0, 3) : [...incidentColumns, ...wide(whyColumn)];
    case "devices":
      return [stateColumn, nameColumn, ...wide(whatColumn), sinceColumn, whyColumn];
    case "links":
      return [
        stateColumn,
        nameColumn,
        ...wide(whatColumn),
        ...traffic,
        ...wide(rttColumn, lossColumn, sinceColumn),
        whyColumn,
      ];
    case "tree": {
      const hasLinks = itemsOf(state).some((item) => item.kind === "row" && item.row.kind === "link");
      return [
        stateColumn,
        nameColumn,
        ...wide(whatColumn),
        ...(hasLinks ? traffic : []),
        ...(hasLinks && !isWide ? [] : [sinceColumn]),
        whyColumn,
      ];
    }
  }
}
