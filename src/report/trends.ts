/** What is drawn beside rows: small traffic charts, strips of states, and the charts of the busiest links. */
import type { Availability } from "../health/availability.ts";
import type { Timeline } from "../health/timeline.ts";
import { committedBitsPerSecond } from "../inventory/equipment.ts";
import type { Prepared } from "./input.ts";
import type { StateStrip, TrafficChart, Trend } from "./model.ts";
import type { PeriodSeries } from "./series.ts";
import { condense, percentileOf } from "./statistics.ts";

/** A chart of the size of a word shows no more points than this. */
const TREND_POINTS = 32;
const CHART_POINTS = 240;
const CHARTS = 6;

/** Traffic per link for a small chart; links without any known value have none. */
export function trafficTrends(
  input: Prepared,
  series: PeriodSeries,
  links: readonly string[],
): Map<string, Trend> {
  const { speech } = input;
  const trends = new Map<string, Trend>();
  for (const id of links) {
    const found = series.links.get(id);
    const peak = found?.out.peak ?? found?.in.peak;
    if (!found || peak === undefined) continue;
    trends.set(id, {
      in: condense(found.in.means, TREND_POINTS),
      out: condense(found.out.means, TREND_POINTS),
      text: speech.word("trendPeak", { peak: speech.format.bitRate(peak) }),
    });
  }
  return trends;
}

/** Spans of up and down, for a strip as wide as the period. */
export function stateStrips(
  input: Prepared,
  timelines: ReadonlyMap<string, Timeline<Availability>>,
): Map<string, StateStrip> {
  const { speech } = input;
  const strips = new Map<string, StateStrip>();
  for (const [id, timeline] of timelines) {
    if (timeline.length === 0) continue;
    const downs = timeline.filter(({ state }) => state === "down");
    const text = downs
      .slice(0, 3)
      .map(
        ({ fromMs, toMs }) =>
          `${speech.messages.states.down}: ${speech.format.dateTime(fromMs)}, ${speech.format.duration((toMs - fromMs) / 1000)}`,
      )
      .join("; ");
    strips.set(id, { spans: timeline, text: text || speech.messages.states.up });
  }
  return strips;
}

/** The links with the highest 95th percentile against their committed rate, as charts over time. */
export function busiestCharts(
  input: Prepared,
  series: PeriodSeries,
  links: readonly string[],
): TrafficChart[] {
  const { inventory, speech, agencyOfDevice } = input;
  return links
    .map((id) => {
      const link = inventory.links.get(id)!;
      const found = series.links.get(id);
      const committed = committedBitsPerSecond(link);
      const load = found
        ? Math.max(percentileOf(found.in.means, 95) ?? 0, percentileOf(found.out.means, 95) ?? 0)
        : 0;
      return { link, found, limit: committed?.out, share: committed ? load / committed.out : 0 };
    })
    .filter(({ found, share }) => found && share > 0)
    .sort((x, y) => y.share - x.share || (x.link.id < y.link.id ? -1 : 1))
    .slice(0, CHARTS)
    .map(({ link, found, limit }) => {
      const agency = agencyOfDevice(link.b.device);
      const place = agency === undefined ? "" : ` (${speech.names.agency(agency)})`;
      return {
        title: `${speech.names.link(link.id)}${place}`,
        fromMs: series.fromMs,
        toMs: series.toMs,
        in: condense(found!.in.means, CHART_POINTS),
        out: condense(found!.out.means, CHART_POINTS),
        ...(limit !== undefined && { limitBitsPerSecond: limit }),
      };
    });
}
