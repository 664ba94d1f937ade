/** Moments as people type them, in the province's time zone. */
import { fromWallClock } from "../inventory/wall-clock.ts";

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const DAY_MS = 86_400_000;

/**
 * "2026-11-01" (a day), "2026-11-01T08:00" (a local time) or "24h" (that long before `nowMs`; m, h, d, w) as ms since
 * the epoch. A day as an end means its last moment, so that `--to 2026-11-30` takes the 30th in. Undefined when it is
 * none of these.
 */
export function parseMoment(
  text: string,
  edge: "from" | "to",
  nowMs: number,
  timeZone: string,
): number | undefined {
  const ago = /^(\d{1,5})([mhdw])$/.exec(text);
  if (ago) return nowMs - Number(ago[1]) * UNIT_MS[ago[2]!]!;
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?$/.exec(text);
  if (!match) return undefined;
  const [, day, time] = match;
  const wallMs = Date.parse(`${day}T${time ?? "00:00"}Z`);
  if (Number.isNaN(wallMs) || new Date(wallMs).toISOString().slice(0, 10) !== day) return undefined;
  return fromWallClock(time === undefined && edge === "to" ? wallMs + DAY_MS : wallMs, timeZone);
}
