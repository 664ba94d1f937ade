/** The help page of the live view. */
import { cut } from "../../report/width.ts";
import type { Line } from "./line.ts";

const keys: readonly (readonly [string, string])[] = [
  ["1 2 3 4, tab", "tree of agencies, links, devices, incidents"],
  ["↑ ↓ j k, PgUp PgDn, Home End", "move"],
  ["enter, →", "into an agency; to where a link, device or incident is"],
  ["esc, ←", "out of the filter, then up the tree"],
  ["/", "filter by words: name, id, carrier, state, reason; marks and case do not matter"],
  ["s", "sort by state, name, use, since"],
  ["a", "acknowledge the chosen incident: it is not told again while it runs"],
  ["r", "read the inventory again"],
  ["q, ctrl-c", "quit"],
  ["", ""],
  ["IN, OUT", "from the agency to the center, and to the agency; USE: of what is committed"],
  ["TREND", "use at the last polls, the newest at the right; a gap: not known"],
  ["unreachable", "cut off by something above that is down; * in maintenance"],
];

/** As many lines as the list with its title takes. */
export function helpLines(room: number, columns: number): Line[] {
  const width = Math.min(30, Math.max(...keys.map(([key]) => key.length)));
  const lines: Line[] = keys.map(([key, means]) => [
    { text: cut(`  ${key.padEnd(width)}  ${means}`, columns) },
  ]);
  const page = lines.slice(0, room + 1);
  while (page.length < room + 1) page.push([{ text: "" }]);
  return page;
}
