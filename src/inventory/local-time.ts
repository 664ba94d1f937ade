/** Local times of the province as they stand in maintenance windows, and the zones they can be of. */

/** Whether a name is a time zone that this Node.js knows ("Asia/Ho_Chi_Minh"). */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    // Offsets ("+07:00") are taken too, but have no rules of their own and no name in reports.
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** Names to compare a misspelt one with. */
export function timeZones(): string[] {
  // The list has the older name of a zone that was renamed; the newer one works as well.
  return [...Intl.supportedValuesOf("timeZone"), "Asia/Ho_Chi_Minh", "UTC"];
}

/** "2026-11-24T22:00" as its parts, or undefined when no clock shows it. */
export function parseLocalTime(
  text: string,
): { year: number; month: number; day: number; hour: number; minute: number } | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute));
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60;
  return isReal ? { year, month, day, hour, minute } : undefined;
}
