/** Carrier by carrier: how many circuits kept the promise, and how much of the down time was the carrier's own. */
import type { CauseKind } from "../../health/incident/types.ts";
import { isTallyMeasurable } from "../../health/tally.ts";
import { compareText } from "../collation.ts";
import { numberColumn, rounded, textColumn } from "../columns.ts";
import type { Prepared } from "../input.ts";
import type { ReportSection } from "../model.ts";
import type { CountedLink } from "./availability.ts";
import { addTimes, noTimes, otherTime } from "./causes.ts";
import { countColumn, lengthColumn, percentColumn } from "./columns.ts";

export function carrierSection({ speech }: Prepared, links: readonly CountedLink[]): ReportSection {
  const byCarrier = Map.groupBy(links, ({ link }) => link.carrier ?? "–");
  const rows = [...byCarrier]
    .map(([carrier, own]) => {
      const times: Record<CauseKind, number> = noTimes();
      let outages = 0;
      const percents: number[] = [];
      const verdicts = { met: 0, missed: 0, "not-measurable": 0 };
      for (const { tally, objective, causes } of own) {
        addTimes(times, causes);
        outages += tally.outages.length;
        if (objective) verdicts[objective.verdict]++;
        if (isTallyMeasurable(tally)) percents.push(tally.availabilityPercent!);
      }
      return {
        carrier,
        links: own.length,
        met: verdicts.met,
        missed: verdicts.missed,
        notMeasurable: verdicts["not-measurable"],
        availabilityPercent: rounded(mean(percents), 4),
        outages,
        carrierSeconds: Math.round(times.carrier / 1000),
        powerSeconds: Math.round(times.power / 1000),
        otherSeconds: Math.round(otherTime(times) / 1000),
      };
    })
    .sort((x, y) => y.links - x.links || compareText(x.carrier, y.carrier));
  return {
    id: "carriers",
    title: speech.word("byCarrier"),
    table: {
      title: speech.word("byCarrier"),
      columns: [
        textColumn(speech, "carrier", "carrier", { dropOrder: 0 }),
        numberColumn(speech, "links", "links", speech.format.integer),
        countColumn(speech, "met", "objectiveMet", { dropOrder: 0 }),
        countColumn(speech, "missed", "objectiveMissed", { dropOrder: 0 }),
        countColumn(speech, "notMeasurable", "notMeasurable", { dropOrder: 2 }),
        percentColumn(speech, "availabilityPercent", "averageAvailability", { dropOrder: 1, digits: 3 }),
        countColumn(speech, "outages", "outages", { dropOrder: 1 }),
        lengthColumn(speech, "carrierSeconds", "carrierTime", { dropOrder: 1 }),
        lengthColumn(speech, "powerSeconds", "powerTime", { dropOrder: 2 }),
        lengthColumn(speech, "otherSeconds", "otherTime", { dropOrder: 2 }),
      ],
      rows,
    },
  };
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((x, y) => x + y, 0) / values.length;
}
