/** When a series reaches a limit, by a line that outliers do not bend. */

/** Days needed before anything is said, and how far ahead it is said. */
export const LEAST_DAYS = 14;
export const MOST_DAYS_AHEAD = 730;

export type Forecast =
  | { kind: "reached" }
  | { kind: "not-rising" }
  | { kind: "not-enough-data" }
  | { kind: "days"; days: number };

/** One day's value, days counted from any day. */
export interface DayValue {
  day: number;
  value: number;
}

/**
 * Days from the last one until the Theil–Sen line (median of the slopes between all pairs, median intercept; Sen,
 * JASA 63 (1968) 1379) reaches `limit`. A slope below a thousandth of the limit a day is not rising.
 */
export function daysUntil(values: readonly DayValue[], limit: number): Forecast {
  if (values.length < LEAST_DAYS) return { kind: "not-enough-data" };
  const { slope, intercept } = theilSen(values);
  const last = values.at(-1)!.day;
  const now = intercept + slope * last;
  if (now >= limit) return { kind: "reached" };
  if (slope < limit / 1000) return { kind: "not-rising" };
  const days = Math.ceil((limit - now) / slope);
  return days > MOST_DAYS_AHEAD ? { kind: "not-rising" } : { kind: "days", days };
}

export function theilSen(values: readonly DayValue[]): { slope: number; intercept: number } {
  const slopes: number[] = [];
  for (let first = 0; first < values.length; first++) {
    for (let second = first + 1; second < values.length; second++) {
      const [one, other] = [values[first]!, values[second]!];
      if (other.day !== one.day) slopes.push((other.value - one.value) / (other.day - one.day));
    }
  }
  const slope = median(slopes);
  return { slope, intercept: median(values.map(({ day, value }) => value - slope * day)) };
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((x, y) => x - y);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
