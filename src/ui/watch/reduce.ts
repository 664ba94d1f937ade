/** From a state and what happens to the next state, and what is wished for. Pure. */
import { itemsOf, type ListItem } from "./list.ts";
import { sortOrders, type View, views, type WatchAction, type WatchState, type WatchWish } from "./state.ts";

/** Lines that are not the list: header, counts, views, titles, two of detail, foot. */
export const FRAME_LINES = 7;
const LONGEST_FILTER = 60;

export interface Step {
  state: WatchState;
  wish?: WatchWish;
}

export function reduce(state: WatchState, action: WatchAction): Step {
  switch (action.kind) {
    case "snapshot":
      return { state: settled({ ...state, snapshot: action.snapshot, isStale: false, trouble: "" }) };
    case "trouble":
      return { state: { ...state, trouble: action.message } };
    case "message":
      return { state: { ...state, message: action.message } };
    case "resize":
      return { state: { ...state, columns: action.columns, rows: action.rows } };
    case "text":
      return state.isTyping
        ? { state: settled({ ...state, filter: (state.filter + action.text).slice(0, LONGEST_FILTER) }) }
        : { state };
    case "key": {
      const fresh = { ...state, message: "" };
      if (fresh.isTyping) return { state: typed(fresh, action.key) };
      if (fresh.isHelp) return { state: { ...fresh, isHelp: false } };
      return pressed(fresh, action.key);
    }
  }
}

/** The selected item and where it stands; undefined when the list is empty. */
export function selectionOf(state: WatchState): { item: ListItem; position: number } | undefined {
  const items = itemsOf(state);
  if (items.length === 0) return undefined;
  const found = state.selected === "" ? -1 : items.findIndex(({ id }) => id === state.selected);
  const position = found >= 0 ? found : Math.min(state.position, items.length - 1);
  return { item: items[position]!, position };
}

/** How many lines the list has. */
export function listLines({ rows }: WatchState): number {
  return Math.max(1, rows - 1 - FRAME_LINES);
}

/** What is selected stays selected while it is there; else what stands in its place. */
function settled(state: WatchState): WatchState {
  const selection = selectionOf(state);
  if (!selection) return { ...state, position: 0 };
  // Until somebody moves, the first row is looked at, whichever that is.
  if (state.selected === "") return state;
  return { ...state, selected: selection.item.id, position: selection.position };
}

function typed(state: WatchState, key: string): WatchState {
  switch (key) {
    case "enter":
      return { ...state, isTyping: false };
    case "escape":
      return settled({ ...state, isTyping: false, filter: "" });
    case "backspace":
      return settled({ ...state, filter: [...state.filter].slice(0, -1).join("") });
    case "up":
    case "down":
      return moved({ ...state, isTyping: false }, key === "up" ? -1 : 1);
    default:
      return state;
  }
}

function pressed(state: WatchState, key: string): Step {
  const page = listLines(state);
  switch (key) {
    case "up":
    case "k":
      return { state: moved(state, -1) };
    case "down":
    case "j":
      return { state: moved(state, 1) };
    case "pageUp":
      return { state: moved(state, -page) };
    case "pageDown":
    case " ":
      return { state: moved(state, page) };
    case "home":
    case "g":
      return { state: moved(state, Number.NEGATIVE_INFINITY) };
    case "end":
    case "G":
      return { state: moved(state, Number.POSITIVE_INFINITY) };
    case "tab":
      return { state: seen(state, views[(views.indexOf(state.view) + 1) % views.length]!) };
    case "1":
    case "2":
    case "3":
    case "4":
      return { state: seen(state, views[Number(key) - 1]!) };
    case "s":
      return {
        state: settled({
          ...state,
          sort: sortOrders[(sortOrders.indexOf(state.sort) + 1) % sortOrders.length]!,
        }),
      };
    case "/":
      return { state: { ...state, isTyping: true } };
    case "?":
    case "h":
      return { state: { ...state, isHelp: true } };
    case "enter":
    case "right":
      return { state: entered(state) };
    case "escape":
    case "left":
    case "backspace":
      return { state: left(state) };
    case "a":
      return acknowledged(state);
    case "r":
      return { state: { ...state, message: "reading the inventory again" }, wish: { kind: "reload" } };
    case "q":
      return { state, wish: { kind: "quit" } };
    default:
      return { state };
  }
}

function moved(state: WatchState, by: number): WatchState {
  const items = itemsOf(state);
  const from = selectionOf(state)?.position;
  if (from === undefined) return state;
  const position = Math.max(0, Math.min(items.length - 1, from + by));
  return { ...state, position, selected: items[position]!.id };
}

function seen(state: WatchState, view: View): WatchState {
  if (view === state.view) return state;
  const next: WatchState = { ...state, view, selected: "", position: 0 };
  // What is acknowledged must be what is looked at, also when something worse comes in between.
  return view === "incidents" ? { ...next, selected: itemsOf(next)[0]?.id ?? "" } : next;
}

/** Into an agency; from a link, a device or an incident to the agency it is at. */
function entered(state: WatchState): WatchState {
  const item = selectionOf(state)?.item;
  if (!item || !state.snapshot) return state;
  if (item.kind === "row" && item.row.kind === "agency")
    return {
      ...state,
      view: "tree",
      path: pathTo(state, item.row.id),
      selected: "",
      position: 0,
      filter: "",
    };
  const agency = item.kind === "incident" ? item.incident.agency : item.row.agency;
  const id = item.kind === "row" ? item.id : "";
  const isHere = state.view === "tree" && agency === (state.path.at(-1) ?? "") && state.filter === "";
  if (isHere) return state;
  return { ...state, view: "tree", path: pathTo(state, agency), selected: id, position: 0, filter: "" };
}

/** Out of a filter, then up the tree; the agency one comes from is selected. */
function left(state: WatchState): WatchState {
  if (state.filter !== "") return settled({ ...state, filter: "" });
  if (state.view !== "tree") return seen(state, "tree");
  const from = state.path.at(-1);
  if (from === undefined) return state;
  return settled({ ...state, path: state.path.slice(0, -1), selected: `agency/${from}` });
}

function pathTo({ snapshot }: WatchState, agency: string): string[] {
  const parents = new Map(
    (snapshot?.rows ?? []).flatMap((row) => (row.kind === "agency" ? [[row.id, row.agency]] : [])),
  );
  const path: string[] = [];
  for (let at = agency; at !== "" && parents.has(at) && !path.includes(at); at = parents.get(at)!)
    path.unshift(at);
  return path;
}

function acknowledged(state: WatchState): Step {
  const item = selectionOf(state)?.item;
  if (state.isStale) return { state: { ...state, message: "the store is still being read" } };
  if (item?.kind !== "incident")
    return { state: { ...state, message: "choose an incident (4), then a acknowledges it" } };
  const { id, subject, acknowledgedBy } = item.incident;
  if (acknowledgedBy !== undefined)
    return { state: { ...state, message: `acknowledged already, by ${acknowledgedBy}` } };
  return {
    state: { ...state, selected: id, message: `acknowledging ${subject} …` },
    wish: { kind: "acknowledge", incident: id, subject },
  };
}
