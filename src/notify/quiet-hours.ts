/** Whether it is night for a rule. Pure; the local time comes from the zone's own rules, clock changes included. */
import type { QuietHours, Weekday } from "./types.ts";

const order: readonly Weekday[] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether `atMs` lies in the quiet hours, as clocks in `timeZone` show it. */
export function isQuiet(hours: QuietHours | undefined, atMs: number, timeZone: string): boolean {
  if (!hours) return false;
  const { day, minutes } = localTime(atMs, timeZone);
  const from = minutesOf(hours.from);
  const until = minutesOf(hours.until);
  const begins = (on: number) => !hours.days?.length || hours.days.includes(order[on]!);
  if (from < until) return minutes >= from && minutes < until && begins(day);
  if (minutes >= from) return begins(day);
  return minutes < until && begins((day + 6) % 7);
}

function minutesOf(text: string): number {
  const [hour, minute] = text.split(":").map(Number);
  return hour! * 60 + minute!;
}

function localTime(atMs: number, timeZone: string): { day: number; minutes: number } {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  return {
    day: order.indexOf(parts.get("weekday")!.toLowerCase() as Weekday),
    minutes: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
  };
}
