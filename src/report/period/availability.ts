/** How available every circuit and agency was, whose fault it was when not, and who kept the promise. */

import {
  heldAgainst,
  isTallyMeasurable,
  meanRepairMs,
  type ObjectiveResult,
  type Tally,
} from "../../health/tally.ts";
import type { Timeline } from "../../health/timeline.ts";
import type { State } from "../../health/types.ts";
import type { Agency, Link } from "../../inventory/model.ts";
import { compareText } from "../collation.ts";
import { rounded, textColumn } from "../columns.ts";
import { frame, statesOf } from "../frame.ts";
import { type Prepared, prepare, type ReportInput } from "../input.ts";
import type { Figure, ReportModel, ReportSection, StateStrip } from "../model.ts";
import type { CellValue, TableColumn } from "../table-view.ts";
import { wanLinks } from "../wan.ts";
import { carrierSection } from "./carriers.ts";
import { type CauseTimes, causeTimes, otherTime, outagesByLink } from "./causes.ts";
import { changeColumn, countColumn, lengthColumn, percentColumn, tallyCells, wordsOf } from "./columns.ts";
import { type PeriodFacts, tallyIn } from "./facts.ts";

/** One link of the period with all that is counted of it. */
export interface CountedLink {
  link: Link;
  tally: Tally;
  objective: ObjectiveResult | undefined;
  causes: CauseTimes;
}

interface WithFacts extends Prepared {
  facts: PeriodFacts;
}

/** The availability report; the input must have `facts`. */
export function availabilityReport(input: ReportInput): ReportModel {
  const prepared = prepare(input) as WithFacts;
  const { health, scope } = prepared;
  const links = countedLinks(prepared);
  const agencies = [...prepared.inventory.agencies.values()].filter(
    ({ id }) => scope.agencies.has(id) && prepared.facts.states.has(`agency/${id}`),
  );
  const missed = links.filter(({ objective }) => objective?.verdict === "missed");
  return frame(prepared, {
    kind: "availability",
    counted: [
      [
        "link",
        statesOf(
          health.links,
          links.map(({ link }) => link.id),
        ),
      ],
    ],
    attention: { links: new Set(), devices: new Set() },
    figures: figuresOf(prepared, links, agencies.length),
    sections: [
      linkSection(prepared, links),
      carrierSection(prepared, links),
      agencySection(prepared, agencies),
    ],
    withMap: true,
    rules: ["rulePlanned", "ruleCause"],
    hasFindings: missed.length > 0,
  });
}

function figuresOf({ speech }: WithFacts, links: readonly CountedLink[], agencies: number): Figure[] {
  const { format, word } = speech;
  const held = links.filter(({ objective }) => objective !== undefined);
  const countOf = (verdict: ObjectiveResult["verdict"]) =>
    held.filter(({ objective }) => objective?.verdict === verdict).length;
  const ofHeld = (count: number) =>
    word("ofTotal", { count: format.integer(count), total: format.integer(held.length) });
  const missed = countOf("missed");
  const percents = links
    .filter(({ tally }) => isTallyMeasurable(tally))
    .map(({ tally }) => tally.availabilityPercent!);
  const mean = percents.length === 0 ? undefined : percents.reduce((x, y) => x + y, 0) / percents.length;
  const outages = links.reduce((sum, { tally }) => sum + tally.outages.length, 0);
  const objective = word("objective");
  return [
    { label: `${objective}: ${word("objectiveMet")}`, value: ofHeld(countOf("met")), state: "up" },
    {
      label: `${objective}: ${word("objectiveMissed")}`,
      value: ofHeld(missed),
      ...(missed > 0 && { state: "down" as const }),
    },
    {
      label: `${objective}: ${word("notMeasurable")}`,
      value: ofHeld(countOf("not-measurable")),
      state: "unknown",
    },
    { label: word("averageAvailability"), value: mean === undefined ? "–" : format.percent(mean, 3) },
    { label: word("outages"), value: format.integer(outages) },
    { label: word("agencies"), value: format.integer(agencies) },
  ];
}

function countedLinks(input: WithFacts): CountedLink[] {
  const outages = outagesByLink(input.facts.incidents);
  return wanLinks(input).map((link) => {
    const tally = tallyIn(input.facts, { kind: "link", id: link.id });
    const promised = link.slo?.availabilityPercent;
    return {
      link,
      tally,
      objective: promised === undefined ? undefined : heldAgainst(tally, promised),
      causes: causeTimes(tally, outages.get(link.id)),
    };
  });
}

/** Links that missed first, then by how little of their budget is left. */
function linkSection(input: WithFacts, links: readonly CountedLink[]): ReportSection {
  const { speech, facts, agencyOfDevice } = input;
  const order = { missed: 0, "not-measurable": 1, met: 2 } as const;
  const rank = ({ objective }: CountedLink) => (objective ? order[objective.verdict] : 3);
  const sorted = links.toSorted(
    (x, y) =>
      rank(x) - rank(y) ||
      (x.objective?.budgetLeftMs ?? 0) - (y.objective?.budgetLeftMs ?? 0) ||
      compareText(x.link.id, y.link.id),
  );
  const rows = sorted.map(({ link, tally, objective, causes }) => {
    const agency = agencyOfDevice(link.b.device);
    const isMeasurable = isTallyMeasurable(tally);
    const repairMs = meanRepairMs(tally);
    const before = facts.before && tallyIn(facts.before, { kind: "link", id: link.id });
    return {
      id: link.id,
      agency: agency === undefined ? "" : speech.names.agency(agency),
      agencyId: agency,
      name: speech.names.link(link.id),
      carrier: link.carrier,
      circuit: link.circuitId,
      role: link.group?.role,
      targetPercent: link.slo?.availabilityPercent,
      ...tallyCells(tally, isMeasurable),
      objective: objective?.verdict,
      budgetLeftSeconds: objective && isMeasurable ? Math.round(objective.budgetLeftMs / 1000) : undefined,
      meanRepairSeconds: repairMs === undefined ? undefined : Math.round(repairMs / 1000),
      carrierSeconds: Math.round(causes.carrier / 1000),
      powerSeconds: Math.round(causes.power / 1000),
      otherSeconds: Math.round(otherTime(causes) / 1000),
      changePoints: isMeasurable ? changeOf(tally, before) : undefined,
    };
  });
  const strips = new Map(
    sorted
      .filter(({ tally }) => tally.downMs > 0)
      .map(({ link }) => [link.id, stripOf(input, facts.states.get(`link/${link.id}`) ?? [])]),
  );
  return {
    id: "links",
    title: speech.word("links"),
    table: { title: speech.word("links"), columns: linkColumns(input), rows, empty: speech.word("noLinks") },
    beneath: {
      name: ["carrier", "circuit", "role"],
      availabilityPercent: ["coveragePercent"],
      objective: ["targetPercent"],
      downSeconds: ["carrierSeconds", "powerSeconds", "otherSeconds"],
      plannedSeconds: ["unknownSeconds"],
    },
    strips,
  };
}

function linkColumns({ speech, facts }: WithFacts): TableColumn[] {
  const { messages } = speech;
  return [
    textColumn(speech, "agency", "agency", { dropOrder: 0 }),
    textColumn(speech, "name", "link", { dropOrder: 1 }),
    textColumn(speech, "carrier", "carrier", { dropOrder: 3 }),
    textColumn(speech, "circuit", "circuit", { dropOrder: 7 }),
    { ...textColumn(speech, "role", "role", { dropOrder: 6 }), format: wordsOf(messages.linkRoles) },
    percentColumn(speech, "targetPercent", "target", { dropOrder: 4, digits: 3 }),
    percentColumn(speech, "availabilityPercent", "availability", { dropOrder: 0, digits: 3 }),
    percentColumn(speech, "coveragePercent", "coverage", { dropOrder: 2 }),
    { ...textColumn(speech, "objective", "objective", { dropOrder: 0 }), format: wordsOf(messages.verdicts) },
    lengthColumn(speech, "budgetLeftSeconds", "budgetLeft", { dropOrder: 3 }),
    countColumn(speech, "outages", "outages", { dropOrder: 1 }),
    lengthColumn(speech, "downSeconds", "downTime", { dropOrder: 1 }),
    lengthColumn(speech, "carrierSeconds", "carrierTime", { dropOrder: 5 }),
    lengthColumn(speech, "powerSeconds", "powerTime", { dropOrder: 6 }),
    lengthColumn(speech, "otherSeconds", "otherTime", { dropOrder: 6 }),
    lengthColumn(speech, "meanRepairSeconds", "repairTime", { dropOrder: 3 }),
    lengthColumn(speech, "plannedSeconds", "plannedTime", { dropOrder: 4 }),
    lengthColumn(speech, "unknownSeconds", "unknownTime", { dropOrder: 4 }),
    ...(facts.before ? [changeColumn(speech, "changePoints", { dropOrder: 5 })] : []),
  ];
}

function agencySection(input: WithFacts, agencies: readonly Agency[]): ReportSection {
  const { speech, facts, tree } = input;
  const rows = agencies
    .map((agency) => {
      const subject = { kind: "agency", id: agency.id } as const;
      const tally = tallyIn(facts, subject);
      const isMeasurable = isTallyMeasurable(tally);
      const repairMs = meanRepairMs(tally);
      const parent = tree.parent.get(agency.id);
      return {
        id: agency.id,
        name: speech.names.agency(agency.id),
        kind: agency.kind,
        parent: parent === undefined ? "" : speech.names.agency(parent),
        ...tallyCells(tally, isMeasurable),
        meanRepairSeconds: repairMs === undefined ? undefined : Math.round(repairMs / 1000),
        changePoints: isMeasurable
          ? changeOf(tally, facts.before && tallyIn(facts.before, subject))
          : undefined,
      } satisfies Record<string, CellValue>;
    })
    .sort((x, y) => y.downSeconds - x.downSeconds || compareText(x.name, y.name));
  const { messages } = speech;
  return {
    id: "agencies",
    title: speech.word("agencies"),
    table: {
      title: speech.word("agencies"),
      columns: [
        textColumn(speech, "name", "agency", { dropOrder: 0 }),
        { ...textColumn(speech, "kind", "kind", { dropOrder: 5 }), format: wordsOf(messages.agencyKinds) },
        textColumn(speech, "parent", "parent", { dropOrder: 4 }),
        percentColumn(speech, "availabilityPercent", "availability", { dropOrder: 0, digits: 3 }),
        percentColumn(speech, "coveragePercent", "coverage", { dropOrder: 2 }),
        countColumn(speech, "outages", "outages", { dropOrder: 1 }),
        lengthColumn(speech, "downSeconds", "downTime", { dropOrder: 1 }),
        lengthColumn(speech, "meanRepairSeconds", "repairTime", { dropOrder: 3 }),
        lengthColumn(speech, "plannedSeconds", "plannedTime", { dropOrder: 4 }),
        lengthColumn(speech, "unknownSeconds", "unknownTime", { dropOrder: 4 }),
        ...(facts.before ? [changeColumn(speech, "changePoints", { dropOrder: 5 })] : []),
      ],
      rows,
      empty: speech.word("noAgencies"),
    },
    beneath: {
      name: ["kind", "parent"],
      availabilityPercent: ["coveragePercent"],
      plannedSeconds: ["unknownSeconds"],
    },
  };
}

/** Percentage points against the period before, where both are measurable. */
function changeOf(now: Tally, before: Tally | undefined): number | undefined {
  if (!before || !isTallyMeasurable(before)) return undefined;
  return rounded(now.availabilityPercent! - before.availabilityPercent!, 4);
}

function stripOf({ speech }: Prepared, timeline: Timeline<State>): StateStrip {
  const { format, messages } = speech;
  const downs = timeline.filter(({ state }) => state === "down").slice(0, 3);
  const text = downs
    .map(
      ({ fromMs, toMs }) =>
        `${messages.states.down}: ${format.dateTime(fromMs)}, ${format.duration((toMs - fromMs) / 1000)}`,
    )
    .join("; ");
  return { spans: timeline, text };
}
