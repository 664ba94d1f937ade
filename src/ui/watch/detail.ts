/** What is said of the selected row, in words. Pure. */
import type { WatchRow, WatchSnapshot } from "../../actions/watch/snapshot.ts";
import { wrap } from "./cells.ts";
import type { Line } from "./line.ts";
import type { ListItem } from "./list.ts";
import { selectionOf } from "./reduce.ts";
import type { WatchState } from "./state.ts";

/** Two lines on what is selected: all that is known of why. */
export function detailOf(state: WatchState): Line[] {
  const item = selectionOf(state)?.item;
  const { snapshot, columns } = state;
  if (!item || !snapshot) return [[{ text: "" }], [{ text: "" }]];
  const text = item.kind === "incident" ? incidentWords(item, snapshot) : rowWords(item.row, snapshot);
  const lines = wrap(text, columns, 2);
  return [0, 1].map((at) => [{ text: lines[at] ?? "" }]);
}

function rowWords(row: WatchRow, { timeZone }: WatchSnapshot): string {
  const since =
    row.sinceMs === undefined || row.state === "up" ? "" : ` since ${momentOf(row.sinceMs, timeZone)}`;
  const maintenance = row.inMaintenance ? ", in maintenance (*)" : "";
  const measures = [
    row.use === undefined ? "" : `use ${row.use}%`,
    row.rttMs === undefined ? "" : `RTT ${row.rttMs} ms`,
    row.lossPercent === undefined ? "" : `loss ${row.lossPercent}%`,
  ].filter(Boolean);
  const why = row.why === "" ? "" : `: ${row.why}`;
  return `${row.name} (${row.kind} ${row.id}, ${row.what}) ${row.state}${since}${maintenance}${why}${measures.length > 0 ? `; ${measures.join(", ")}` : ""}`;
}

function incidentWords({ incident }: ListItem & { kind: "incident" }, { timeZone }: WatchSnapshot): string {
  const { subject, startMs, why, cause, impact, affected, isFlapping, acknowledgedBy } = incident;
  return [
    `${subject} since ${momentOf(startMs, timeZone)}${why === "" ? "" : `: ${why}`}`,
    `cause ${cause}`,
    impact === "none" ? "" : `${impact}${affected > 0 ? `, ${affected} agencies` : ""}`,
    isFlapping ? "comes and goes" : "",
    acknowledgedBy === undefined ? "a acknowledges it" : `acknowledged by ${acknowledgedBy}`,
  ]
    .filter(Boolean)
    .join("; ");
}

const moments = new Map<string, Intl.DateTimeFormat>();

/** "24/11 08:15:02" at the province. */
export function momentOf(atMs: number, timeZone: string): string {
  let format = moments.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      day: "2-digit",
      month: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    moments.set(timeZone, format);
  }
  return format.format(atMs).replace(", ", " ");
}
