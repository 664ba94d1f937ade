/** Local times of the province as they stand in maintenance windows. */

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
