/** The clocks on the walls of a province, and moments: numbers that are local times are written as if they were UTC. */

/** A wall-clock time as if it were UTC: differences and remainders of such numbers are wall-clock ones. */
export function wallClockMs(text: string): number {
  return Date.parse(`${text.length === 10 ? `${text}T00:00` : text.replace(" ", "T")}Z`);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** A moment as the wall clock of a time zone shows it, as if it were UTC. */
export function localMs(atMs: number, timeZone: string): number {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-CA", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formatters.set(timeZone, formatter);
  }
  const part: Record<string, string> = {};
  for (const { type, value } of formatter.formatToParts(atMs)) part[type] = value;
  return Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}Z`);
}

/** The moment at which a time zone's clock shows `wallMs` (written as if it were UTC); the second look settles changes of the clocks. */
export function fromWallClock(wallMs: number, timeZone: string): number {
  const guess = wallMs - (localMs(wallMs, timeZone) - wallMs);
  return guess - (localMs(guess, timeZone) - wallMs);
}
