/** The table of the capacity report: a circuit a row. */
import { committedBitsPerSecond } from "../../inventory/equipment.ts";
import type { Link } from "../../inventory/model.ts";
import { numberColumn, rounded, textColumn } from "../columns.ts";
import type { Prepared } from "../input.ts";
import { percentileOf } from "../statistics.ts";
import type { CellValue, TableColumn } from "../table-view.ts";
import { percentColumn } from "./columns.ts";
import type { PeriodFacts } from "./facts.ts";
import { forecastOf, peakHour } from "./load-outlook.ts";

const DAY_MS = 86_400_000;

/** How full a circuit was, in its busier direction, percent; the worst rows come first by it. */
export function busierPercent(row: Record<string, CellValue>): number {
  return Math.max(Number(row.inP95Percent ?? 0), Number(row.outP95Percent ?? 0));
}

export function loadRow(input: Prepared, facts: PeriodFacts, link: Link): Record<string, CellValue> {
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

export function loadColumns({ speech }: Prepared): TableColumn[] {
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
