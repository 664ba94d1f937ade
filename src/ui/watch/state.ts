/** What the live view is at: data and where in it one looks. Plain; `reduce` moves it on. */
import type { WatchSnapshot } from "../../actions/watch/snapshot.ts";

export type View = "tree" | "links" | "devices" | "incidents";
export const views: readonly View[] = ["tree", "links", "devices", "incidents"];

export type SortOrder = "state" | "name" | "use" | "since";
export const sortOrders: readonly SortOrder[] = ["state", "name", "use", "since"];

export interface WatchState {
  snapshot: WatchSnapshot | undefined;
  /** The snapshot is from an earlier run; the store is still being read. */
  isStale: boolean;
  view: View;
  /** Agencies on the way down from the province; empty: the province itself. */
  path: readonly string[];
  /** What is looked at, by id, so that it stays when rows move; "" the first. */
  selected: string;
  /** Where it was, for when it is gone. */
  position: number;
  sort: SortOrder;
  filter: string;
  /** Keys go into the filter. */
  isTyping: boolean;
  isHelp: boolean;
  /** What happened to the last thing that was asked for; gone with the next key. */
  message: string;
  /** Why data cannot be read now; gone with the next snapshot. */
  trouble: string;
  columns: number;
  rows: number;
}

export function initialState(columns: number, rows: number, lastSeen?: WatchSnapshot): WatchState {
  return {
    snapshot: lastSeen,
    isStale: lastSeen !== undefined,
    view: "tree",
    path: [],
    selected: "",
    position: 0,
    sort: "state",
    filter: "",
    isTyping: false,
    isHelp: false,
    message: "",
    trouble: "",
    columns,
    rows,
  };
}

/** Keys by name ("up", "pageDown", "escape", "enter") or by the character typed. */
export type WatchAction =
  | { kind: "key"; key: string }
  | { kind: "text"; text: string }
  | { kind: "snapshot"; snapshot: WatchSnapshot }
  | { kind: "trouble"; message: string }
  | { kind: "message"; message: string }
  | { kind: "resize"; columns: number; rows: number };

/** What the view cannot do by itself. */
export type WatchWish =
  | { kind: "quit" }
  | { kind: "acknowledge"; incident: string; subject: string }
  | { kind: "reload" };
