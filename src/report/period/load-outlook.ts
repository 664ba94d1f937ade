/** What the load of a circuit over a period says of its days: the busiest hour, and when it will be full. Pure. */
import { localMs } from "../../inventory/wall-clock.ts";
import { percentileOf } from "../statistics.ts";
import type { LinkLoad } from "./facts.ts";
import { type DayValue, daysUntil, type Forecast } from "./forecast.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A link is full, for planning, at this share of what is committed. */
export const FULL_PERCENT = 80;
/** Days of a forecast need this share of their 5-minute means. */
const LEAST_OF_DAY = 0.5;

/** The hour of the province's day that carried most in the mean, both directions together: "14". */
export function peakHour(load: LinkLoad, fromMs: number, timeZone: string): number | undefined {
  const sums = new Float64Array(24);
  const counts = new Float64Array(24);
  const offsetMs = localMs(fromMs, timeZone) - fromMs;
  for (let at = 0; at < load.out.length; at++) {
    const value =
      (Number.isNaN(load.in[at]!) ? 0 : load.in[at]!) + (Number.isNaN(load.out[at]!) ? 0 : load.out[at]!);
    if (Number.isNaN(load.in[at]!) && Number.isNaN(load.out[at]!)) continue;
    const hour = Math.floor(((fromMs + offsetMs + at * load.stepMs) / HOUR_MS) % 24);
    sums[hour]! += value;
    counts[hour]! += 1;
  }
  let best: number | undefined;
  for (let hour = 0; hour < 24; hour++) {
    if (counts[hour] === 0) continue;
    if (best === undefined || sums[hour]! / counts[hour]! > sums[best]! / counts[best]!) best = hour;
  }
  return best;
}

/** When the busier direction reaches 80 % of what is committed: from the 95th percentile of each day. */
export function forecastOf(
  load: LinkLoad,
  committed: { in: number; out: number },
  { fromMs }: { fromMs: number },
  timeZone: string,
): Forecast {
  const perDay = Math.round(DAY_MS / load.stepMs);
  const skip = Math.round((DAY_MS - (localMs(fromMs, timeZone) % DAY_MS)) / load.stepMs) % perDay;
  const forecasts = (["in", "out"] as const).map((direction) => {
    const values: DayValue[] = [];
    for (let day = 0, at = skip; at + perDay <= load[direction].length; day++, at += perDay) {
      const known = load[direction].subarray(at, at + perDay).filter((value) => !Number.isNaN(value));
      if (known.length >= perDay * LEAST_OF_DAY) values.push({ day, value: percentileOf(known, 95)! });
    }
    return daysUntil(values, (committed[direction] * FULL_PERCENT) / 100);
  });
  const order = { reached: 0, days: 1, "not-rising": 2, "not-enough-data": 3 } as const;
  return forecasts.sort(
    (x, y) => order[x.kind] - order[y.kind] || (x.kind === "days" && y.kind === "days" ? x.days - y.days : 0),
  )[0]!;
}
