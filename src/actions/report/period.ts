/** The period a report is about, as people name it: --month, --year, --from and --to. */
import { fromWallClock, localMs } from "../../inventory/wall-clock.ts";
import { parseMoment } from "../../report/moment.ts";
import { UsageError } from "../inventory/open.ts";

export interface PeriodOptions {
  from?: string | undefined;
  to?: string | undefined;
  /** "2026-10". */
  month?: string | undefined;
  /** "2026". */
  year?: string | undefined;
}

export interface Period {
  fromMs: number;
  /** Where it ends by the calendar; perhaps in the future. */
  endMs: number;
  /** Where what is known ends: `endMs`, or now. */
  toMs: number;
  /** "2026-10" when it is one month. */
  month?: string;
}

/** The period asked for; undefined when none is. @throws UsageError */
export function periodAsked(options: PeriodOptions, timeZone: string, nowMs: number): Period | undefined {
  const { from, to, month, year } = options;
  const named = [month !== undefined, year !== undefined, from !== undefined || to !== undefined].filter(
    Boolean,
  );
  if (named.length > 1)
    throw new UsageError("--month, --year and --from exclude each other", "name the period in one way");
  if (month !== undefined) return monthPeriod(month, timeZone, nowMs);
  if (year !== undefined) {
    if (!/^\d{4}$/.test(year)) throw new UsageError(`--year ${year}: not a year`, "write it as 2026");
    return whole(
      Date.UTC(Number(year), 0, 1),
      Date.UTC(Number(year) + 1, 0, 1),
      timeZone,
      nowMs,
      `--year ${year}`,
    );
  }
  if (from === undefined && to === undefined) return undefined;
  const moment = (flag: "from" | "to", text: string) => momentOf(text, flag, nowMs, timeZone);
  if (from === undefined) throw new UsageError("--to needs --from", "name the beginning of the period too");
  const fromMs = moment("from", from);
  const endMs = to === undefined ? nowMs : moment("to", to);
  const toMs = Math.min(endMs, nowMs);
  if (fromMs >= toMs)
    throw new UsageError(`--from ${from} is not before ${to === undefined ? "now" : `--to ${to}`}`);
  return { fromMs, endMs, toMs };
}

/** A calendar month of the province. @throws UsageError */
export function monthPeriod(month: string, timeZone: string, nowMs: number): Period {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  if (!match) throw new UsageError(`--month ${month}: not a month`, "write it as 2026-10");
  const [year, number] = [Number(match[1]), Number(match[2])];
  const period = whole(
    Date.UTC(year, number - 1, 1),
    Date.UTC(year, number, 1),
    timeZone,
    nowMs,
    `--month ${month}`,
  );
  return { ...period, month };
}

/** The month that runs, by the province's clock. */
export function thisMonth(timeZone: string, nowMs: number): Period {
  return monthPeriod(new Date(localMs(nowMs, timeZone)).toISOString().slice(0, 7), timeZone, nowMs);
}

/** What a period is compared with: the month before a month, else as long a time just before. */
export function periodBefore(
  { fromMs, endMs, month }: Period,
  timeZone: string,
): { fromMs: number; toMs: number } {
  if (month === undefined) return { fromMs: fromMs - (endMs - fromMs), toMs: fromMs };
  const [year, number] = month.split("-").map(Number) as [number, number];
  return { fromMs: fromWallClock(Date.UTC(year, number - 2, 1), timeZone), toMs: fromMs };
}

function whole(fromWallMs: number, toWallMs: number, timeZone: string, nowMs: number, flag: string): Period {
  const [fromMs, endMs] = [fromWallClock(fromWallMs, timeZone), fromWallClock(toWallMs, timeZone)];
  if (fromMs >= nowMs) throw new UsageError(`${flag} has not begun yet`, "name one that has");
  return { fromMs, endMs, toMs: Math.min(endMs, nowMs) };
}

/** When `--from` or `--to` is, ms since the epoch. Throws UsageError on what is no time. */
export function momentOf(text: string, flag: "from" | "to", nowMs: number, timeZone: string): number {
  const atMs = parseMoment(text, flag, nowMs, timeZone);
  if (atMs === undefined)
    throw new UsageError(`--${flag} ${text}: not a time`, "write it as 2026-11-01, 2026-11-01T08:00 or 24h");
  return atMs;
}
