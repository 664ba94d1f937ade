/** What every circuit carried: 95th percentiles, busiest hour, quality, and when it will be too small. */
import { compareText } from "../collation.ts";
import { frame, statesOf } from "../frame.ts";
import { prepare, type ReportInput } from "../input.ts";
import type { Figure, ReportModel, Trend } from "../model.ts";
import { condense } from "../statistics.ts";
import { wanLinks } from "../wan.ts";
import { expectedPorts } from "./expected-ports.ts";
import type { PeriodFacts } from "./facts.ts";
import { FULL_PERCENT } from "./load-outlook.ts";
import { busierPercent, loadColumns, loadRow } from "./load-table.ts";

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
    .sort((x, y) => busierPercent(y) - busierPercent(x) || compareText(x.id, y.id));
  const { format, word } = speech;
  const full = rows.filter((row) => busierPercent(row) >= FULL_PERCENT).length;
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
      expectedPorts(prepared),
    ],
    rules: ["rulePercentile", "ruleForecast"],
    hasFindings: full > 0,
  });
}
