/** What every circuit carried: 95th percentiles, busiest hour, quality, and when it will be too small. */

import { committedBitsPerSecond } from "../../inventory/equipment.ts";
import type { Link } from "../../inventory/model.ts";
import { localMs } from "../../inventory/wall-clock.ts";
import { compareText } from "../collation.ts";
import {
  isoTime,
  numberColumn,
  rounded,
  stateColumn,
  textColumn,
  timeColumn,
  whyColumn,
} from "../columns.ts";
import { frame, statesOf } from "../frame.ts";
import { type Prepared, prepare, type ReportInput } from "../input.ts";
import type { Figure, ReportModel, ReportSection, Trend } from "../model.ts";
import { condense, percentileOf } from "../statistics.ts";
import type { CellValue, TableColumn } from "../table-view.ts";
import { wanLinks } from "../wan.ts";
import { percentColumn } from "./columns.ts";
import type { LinkLoad, PeriodFacts } from "./facts.ts";
import { type DayValue, daysUntil, type Forecast } from "./forecast.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A link is full, for planning, at this share of what is committed. */
export const FULL_PERCENT = 80;
/** Days of a forecast need this share of their 5-minute means. */
const LEAST_OF_DAY = 0.5;
const TREND_POINTS = 32;
/** A forecast within so many days is a key figure. */
const SOON_DAYS = 90;

/** The capacity report; the input must have `facts` with `loads`. */
export function capacityReport(input: ReportInput): ReportModel {
  const prepared = prepare(input);
  const facts = prepared.facts as PeriodFacts;
  const { speech, health } = prepared;
  const links = wanLinks(prepared);
  const rows = links
    .map((link) => loadRow(prepared, facts, link))
    .sort((x, y) => highest(y) - highest(x) || compareText(x.id, y.id));
  const { format, word } = speech;
  const full = rows.filter((row) => highest(row) >= FULL_PERCENT).length;
  const soon = rows.filter(
    ({ forecastDays }) => typeof forecastDays === "number" && forecastDays <= SOON_DAYS,
  ).length;
  const figures: Figure[] = [
    { label: word("links"), value: format.integer(links.length) },
    {
      label: `≥ ${FULL_PERCENT} %`,
      value: format.integer(full),
      ...(full > 0 && { state: "degraded" as const }),
    },
    {
      label: `${word("forecast")} < ${format.duration(SOON_DAYS * 86_400)}`,
      value: format.integer(soon),
      ...(soon > 0 && { state: "degraded" as const }),
    },
  ];
  const trends = new Map<string, Trend>();
  for (const { id } of links) {
    const load = facts.loads?.get(id);
    const peak = load?.peakOut ?? load?.peakIn;
    if (!load || peak === undefined) continue;
    trends.set(id, {
      in: condense(Float32Array.from(load.in), TREND_POINTS),
      out: condense(Float32Array.from(load.out), TREND_POINTS),
      text: word("trendPeak", { peak: format.bitRate(peak) }),
    });
  }
  return frame(prepared, {
    kind: "capacity",
    counted: [
      [
        "link",
        statesOf(
          health.links,
          links.map(({ id }) => id),
        ),
      ],
    ],
    attention: { links: new Set(), devices: new Set() },
    figures,
    sections: [
      {
        id: "links",
        title: word("links"),
        table: { title: word("links"), columns: loadColumns(prepared), rows, empty: word("noLinks") },
        beneath: {
          name: ["carrier", "circuit", "committedBitsPerSecond"],
          inP95BitsPerSecond: ["inPeakBitsPerSecond"],
          outP95BitsPerSecond: ["outPeakBitsPerSecond"],
          rttMs: ["jitterMs", "lossPercent"],
          errorsPerSecond: ["discardsPerSecond"],
        },
        trends,
      },
      portSection(prepared),
    ],
    rules: ["rulePercentile", "ruleForecast"],
    hasFindings: full > 0,
  });
}

function highest(row: Record<string, CellValue>): number {
  return Math.max(Number(row.inP95Percent ?? 0), Number(row.outP95Percent ?? 0));
}

function loadRow(input: Prepared, facts: PeriodFacts, link: Link): Record<string, CellValue> {
  const { speech, inventory, agencyOfDevice } = input;
  const load = facts.loads?.get(link.id);
  const committed = committedBitsPerSecond(link);
  const agency = agencyOfDevice(link.b.device);
  const [inP95, outP95] = [load && percentileOf(load.in, 95), load && percentileOf(load.out, 95)];
  const share = (value: number | undefined, of: number | undefined) =>
    value === undefined || of === undefined ? undefined : rounded((100 * value) / of);
  const forecast =
    load && committed ? forecastOf(load, committed, facts, inventory.province.timeZone) : undefined;
  return {
    id: link.id,
    agency: agency === undefined ? "" : speech.names.agency(agency),
    name: speech.names.link(link.id),
    carrier: link.carrier,
    circuit: link.circuitId,
    committedBitsPerSecond: committed?.out,
    inP95BitsPerSecond: rounded(inP95, 0),
    outP95BitsPerSecond: rounded(outP95, 0),
    inPeakBitsPerSecond: rounded(load?.peakIn, 0),
    outPeakBitsPerSecond: rounded(load?.peakOut, 0),
    inP95Percent: share(inP95, committed?.in),
    outP95Percent: share(outP95, committed?.out),
    peakHour: load && peakHour(load, facts.fromMs, inventory.province.timeZone),
    forecast: forecast?.kind,
    forecastDays: forecast?.kind === "days" ? forecast.days : undefined,
    forecastOn:
      forecast?.kind === "days"
        ? new Date(facts.toMs + forecast.days * DAY_MS).toISOString().slice(0, 10)
        : undefined,
    errorsPerSecond: rounded(load?.errorsPerSecond, 3),
    discardsPerSecond: rounded(load?.discardsPerSecond, 3),
    rttMs: rounded(load?.rttMs),
    jitterMs: rounded(load?.jitterMs),
    lossPercent: rounded(load?.lossPercent, 3),
  };
}

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

function loadColumns({ speech }: Prepared): TableColumn[] {
  const { format, word } = speech;
  const rate = (key: string, header: Parameters<typeof numberColumn>[2], dropOrder: number) =>
    numberColumn(speech, key, header, format.bitRate, { dropOrder });
  const perSecond = (value: number) => `${format.decimal(value, 2)}/s`;
  const forecasts: Record<string, string> = {
    reached: word("forecastNow"),
    "not-rising": word("forecastNotRising"),
    "not-enough-data": word("forecastNoData"),
  };
  return [
    textColumn(speech, "agency", "agency", { dropOrder: 0 }),
    textColumn(speech, "name", "link", { dropOrder: 1 }),
    textColumn(speech, "carrier", "carrier", { dropOrder: 4 }),
    textColumn(speech, "circuit", "circuit", { dropOrder: 7 }),
    rate("committedBitsPerSecond", "committed", 3),
    rate("inP95BitsPerSecond", "inP95", 2),
    rate("inPeakBitsPerSecond", "inPeak", 6),
    percentColumn(speech, "inP95Percent", "inUseP95", { dropOrder: 1 }),
    rate("outP95BitsPerSecond", "outP95", 2),
    rate("outPeakBitsPerSecond", "outPeak", 6),
    percentColumn(speech, "outP95Percent", "outUseP95", { dropOrder: 0 }),
    numberColumn(speech, "peakHour", "peakHour", (hour) => `${hour}:00–${(hour + 1) % 24}:00`, {
      dropOrder: 3,
    }),
    {
      ...textColumn(speech, "forecast", "forecast", { dropOrder: 5 }),
      format: (value) => forecasts[String(value)] ?? "",
    },
    timeDay("forecastOn"),
    numberColumn(speech, "errorsPerSecond", "errors", perSecond, { dropOrder: 4 }),
    numberColumn(speech, "discardsPerSecond", "discards", perSecond, { dropOrder: 5 }),
    numberColumn(speech, "rttMs", "rtt", format.milliseconds, { dropOrder: 3 }),
    numberColumn(speech, "jitterMs", "jitter", format.milliseconds, { dropOrder: 6 }),
    percentColumn(speech, "lossPercent", "loss", { dropOrder: 4, digits: 2 }),
  ];

  function timeDay(key: string): TableColumn {
    return {
      key,
      header: word("forecast"),
      dropOrder: 2,
      format: (value) => (value ? format.date(Date.parse(`${String(value)}T12:00:00Z`)) : ""),
    };
  }
}

/** Ports that the inventory expects to be up, and that are down now. */
function portSection(input: Prepared): ReportSection {
  const { health, inventory, scope, speech, agencyOfDevice } = input;
  const rows: Record<string, CellValue>[] = [];
  const expected = new Set<string>();
  for (const device of inventory.devices.values()) {
    if (!scope.devices.has(device.id)) continue;
    for (const port of device.interfaces)
      if (port.monitored) expected.add(`${device.id}/interface/${port.name}`);
  }
  for (const { id, state, reasons, sinceMs } of health.interfaces.values()) {
    if (state !== "down" || !expected.has(id)) continue;
    const [device = "", , ...port] = id.split("/");
    const agency = agencyOfDevice(device);
    rows.push({
      id,
      state,
      agency: agency === undefined ? "" : speech.names.agency(agency),
      device: speech.names.device(device),
      interface: port.join("/"),
      why: reasons.map((why) => speech.reason(why)).join("; "),
      since: isoTime(sinceMs),
    });
  }
  return {
    id: "ports",
    title: speech.word("portsShouldBeUp"),
    table: {
      title: speech.word("portsShouldBeUp"),
      columns: [
        stateColumn(speech),
        textColumn(speech, "agency", "agency", { dropOrder: 1 }),
        textColumn(speech, "device", "device", { dropOrder: 0 }),
        textColumn(speech, "interface", "interface", { dropOrder: 0 }),
        whyColumn(speech),
        timeColumn(speech, "since", "since", { dropOrder: 2 }),
      ],
      rows,
      empty: speech.word("noPorts"),
    },
  };
}
