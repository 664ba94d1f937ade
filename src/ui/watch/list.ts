/** Which rows a state shows, in which order. Pure. */
import type { WatchIncident, WatchRow } from "../../actions/watch/snapshot.ts";
import type { SortOrder, WatchState } from "./state.ts";

export type ListItem = { id: string } & (
  | { kind: "row"; row: WatchRow; below: Below | undefined }
  | { kind: "incident"; incident: WatchIncident }
);

/** What is not up in an agency and below it. */
export interface Below {
  total: number;
  notUp: number;
  worst: number;
}

/** The worst first. */
const severity: Readonly<Record<WatchRow["state"], number>> = {
  down: 0,
  unreachable: 1,
  degraded: 2,
  unknown: 3,
  up: 4,
};
const kindOrder = { agency: 0, link: 1, device: 2 } as const;
const collator = new Intl.Collator("vi", { numeric: true });

let lastItems: { key: readonly unknown[]; items: readonly ListItem[] } | undefined;

/** The items of the view, filtered and sorted. The last answer is kept: a key that only moves asks for it again. */
export function itemsOf(state: WatchState): readonly ListItem[] {
  const key = [state.snapshot, state.view, state.path.join("/"), state.sort, state.filter];
  if (lastItems?.key.every((part, at) => part === key[at])) return lastItems.items;
  const items = makeItems(state);
  lastItems = { key, items };
  return items;
}

function makeItems({ snapshot, view, path, sort, filter }: WatchState): ListItem[] {
  if (!snapshot) return [];
  const words = fold(filter).split(" ").filter(Boolean);
  const fits = (text: string) => words.length === 0 || words.every((word) => text.includes(word));
  if (view === "incidents") {
    return snapshot.incidents
      .filter((one) => fits(fold(`${one.subject} ${one.why} ${one.cause} ${one.severity}`)))
      .toSorted(byIncident)
      .map((incident) => ({ id: incident.id, kind: "incident", incident }));
  }
  const below = belowOf(snapshot.rows);
  const here = path.at(-1) ?? "";
  // A filter in the tree looks through everything below, not only at the next step.
  const inside = words.length > 0 && view === "tree" ? agenciesBelow(snapshot.rows, here) : undefined;
  const isShown = (row: WatchRow) => {
    if (view === "links") return row.kind === "link";
    if (view === "devices") return row.kind === "device";
    return inside ? inside.has(row.agency) : row.agency === here;
  };
  return snapshot.rows
    .filter((row) => isShown(row) && fits(fold(`${row.name} ${row.id} ${row.what} ${row.state} ${row.why}`)))
    .map((row): ListItem & { kind: "row" } => ({
      id: `${row.kind}/${row.id}`,
      kind: "row",
      row,
      below: row.kind === "agency" ? below.get(row.id) : undefined,
    }))
    .toSorted(bySort(sort));
}

/** Per agency ("" the province), what it and all below it have. */
export function belowOf(rows: readonly WatchRow[]): Map<string, Below> {
  const parents = new Map(rows.flatMap((row) => (row.kind === "agency" ? [[row.id, row.agency]] : [])));
  const counts = new Map<string, Below>();
  for (const row of rows) {
    const own = row.kind === "agency" ? row.id : row.agency;
    const seen = new Set<string>();
    for (
      let at: string | undefined = own;
      at !== undefined && !seen.has(at);
      at = at === "" ? undefined : (parents.get(at) ?? "")
    ) {
      seen.add(at);
      const count = counts.get(at) ?? { total: 0, notUp: 0, worst: severity.up };
      if (row.kind !== "agency") {
        count.total += 1;
        if (row.state !== "up") count.notUp += 1;
      }
      count.worst = Math.min(count.worst, severity[row.state]);
      counts.set(at, count);
    }
  }
  return counts;
}

function agenciesBelow(rows: readonly WatchRow[], here: string): Set<string> {
  const inside = new Set([here]);
  for (let size = -1; size !== inside.size; ) {
    size = inside.size;
    for (const row of rows) if (row.kind === "agency" && inside.has(row.agency)) inside.add(row.id);
  }
  return inside;
}

function bySort(sort: SortOrder): (a: ListItem & { kind: "row" }, b: ListItem & { kind: "row" }) => number {
  const byName = (a: ListItem & { kind: "row" }, b: ListItem & { kind: "row" }) =>
    kindOrder[a.row.kind] - kindOrder[b.row.kind] || collator.compare(a.row.name, b.row.name);
  const weight = ({ row, below }: ListItem & { kind: "row" }) =>
    Math.min(severity[row.state], below ? below.worst + 0.5 : severity.up);
  switch (sort) {
    case "name":
      return byName;
    case "use":
      return (a, b) => (b.row.use ?? -1) - (a.row.use ?? -1) || byName(a, b);
    case "since":
      return (a, b) => (b.row.sinceMs ?? 0) - (a.row.sinceMs ?? 0) || byName(a, b);
    case "state":
      return (a, b) => weight(a) - weight(b) || byName(a, b);
  }
}

function byIncident(a: WatchIncident, b: WatchIncident): number {
  const open = (one: WatchIncident) => (one.acknowledgedBy === undefined ? 0 : 1);
  const rank = (one: WatchIncident) => (one.severity === "critical" ? 0 : 1);
  return open(a) - open(b) || rank(a) - rank(b) || b.affected - a.affected || b.startMs - a.startMs;
}

/** Without case and marks, so that "tan trach" finds Tân Trạch. */
export function fold(text: string): string {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");
}
