/** The WAN: every circuit with its state, load and, for a period, availability against its objective. */
import { compareStates } from "../health/reasons.ts";
import { isTallyMeasurable, linkMeaning, tallyOf } from "../health/tally.ts";
import type { State } from "../health/types.ts";
import { committedBitsPerSecond } from "../inventory/equipment.ts";
import type { Link } from "../inventory/model.ts";
import { compareText } from "./collation.ts";
import { isoTime, numberColumn, rounded, stateColumn, textColumn, timeColumn, whyColumn } from "./columns.ts";
import { frame, statesOf } from "./frame.ts";
import { type Prepared, prepare, type ReportInput, stateIn } from "./input.ts";
import type { ReportModel, ReportSection } from "./model.ts";
import { meanOf, percentileOf } from "./statistics.ts";
import { countStates } from "./summary.ts";
import type { CellValue, TableColumn } from "./table-view.ts";
import { busiestCharts, stateStrips, trafficTrends } from "./trends.ts";

type Row = Record<string, CellValue>;

/** The WAN report: now, or of a period when the input has one. */
export function wanReport(input: ReportInput): ReportModel {
  const prepared = prepare(input);
  const { health, scope, speech, inventory, agencyOfDevice } = prepared;
  const links = wanLinks(prepared);
  const shown = links.filter(({ id }) => prepared.wantsState(stateIn(health.links, id)));
  const rows = shown
    .map((link) => linkRow(prepared, link))
    .sort(
      (x, y) =>
        compareStates(x.state as State, y.state as State) ||
        compareText(x.agency, y.agency) ||
        compareText(x.id, y.id),
    );
  const section: ReportSection = {
    id: "links",
    title: speech.word("links"),
    table: {
      title: speech.word("links"),
      columns: linkColumns(prepared),
      rows,
      empty: speech.word("noLinks"),
    },
    beneath: {
      state: ["since"],
      carrier: ["committedBitsPerSecond"],
      name: ["kind", "circuit", "role"],
      inUtilisationPercent: ["inBitsPerSecond"],
      outUtilisationPercent: ["outBitsPerSecond"],
      rttMs: ["lossPercent"],
      availabilityPercent: ["coveragePercent"],
      inP95BitsPerSecond: ["inMeanBitsPerSecond", "inPeakBitsPerSecond"],
      outP95BitsPerSecond: ["outMeanBitsPerSecond", "outPeakBitsPerSecond"],
    },
    ...drawings(prepared, shown),
  };
  const ends = new Set(links.flatMap((link) => [link.a.device, link.b.device]));
  const agencies = new Set(
    links.map((link) => agencyOfDevice(link.b.device)).filter((id) => id !== undefined),
  );
  return frame(prepared, {
    kind: "wan",
    counted: [
      [
        "link",
        statesOf(
          health.links,
          links.map(({ id }) => id),
        ),
      ],
      [
        "agency",
        statesOf(
          health.agencies,
          [...inventory.agencies.keys()].filter((id) => agencies.has(id) && scope.agencies.has(id)),
        ),
      ],
    ],
    attention: {
      links: new Set(links.map(({ id }) => id)),
      devices: new Set([...ends].filter((id) => scope.devices.has(id))),
    },
    sections: [section, carrierSection(prepared, links)],
    withMap: true,
    rules: ["rulePlanned", "rulePercentile"],
  });
}

/** Circuits to other sites in scope; LAN links belong to the LAN report. */
export function wanLinks({ inventory, scope }: Prepared): Link[] {
  return [...inventory.links.values()].filter(({ id, kind }) => kind !== "lan" && scope.links.has(id));
}

function drawings(
  input: Prepared,
  links: readonly Link[],
): Pick<ReportSection, "trends" | "strips" | "charts"> {
  const ids = links.map(({ id }) => id);
  const series = input.period ?? input.recent;
  return {
    ...(series && { trends: trafficTrends(input, series, ids) }),
    ...(input.period && {
      strips: stateStrips(input, new Map(ids.map((id) => [id, input.period!.links.get(id)?.timeline ?? []]))),
    }),
    ...(series && { charts: busiestCharts(input, series, ids) }),
  };
}

function linkRow(input: Prepared, link: Link): Row {
  const { health, speech, agencyOfDevice, period } = input;
  const subject = health.links.get(link.id);
  const measures = health.linkMeasures.get(link.id) ?? {};
  const agency = agencyOfDevice(link.b.device);
  const committed = committedBitsPerSecond(link);
  return {
    state: subject?.state ?? "unknown",
    id: link.id,
    name: speech.names.link(link.id),
    agency: agency === undefined ? "" : speech.names.agency(agency),
    agencyId: agency,
    carrier: link.carrier,
    kind: link.kind,
    circuit: link.circuitId,
    role: link.group?.role,
    committedBitsPerSecond: committed?.out,
    inBitsPerSecond: rounded(measures.inBitsPerSecond, 0),
    outBitsPerSecond: rounded(measures.outBitsPerSecond, 0),
    inUtilisationPercent: rounded(measures.inUtilisationPercent),
    outUtilisationPercent: rounded(measures.outUtilisationPercent),
    rttMs: rounded(measures.rttMs),
    lossPercent: rounded(measures.lossPercent),
    ...(period && periodCells(input, link)),
    since: isoTime(subject?.sinceMs),
    why: speech.why(subject),
  };
}

function periodCells({ period, planned }: Prepared, link: Link): Row {
  const series = period?.links.get(link.id);
  if (!period || !series) return {};
  const { fromMs, toMs } = period;
  const windows = planned({ kind: "link", id: link.id }, fromMs, toMs);
  const tally = tallyOf(series.timeline, windows, fromMs, toMs, linkMeaning);
  const objective = link.slo?.availabilityPercent;
  const percent = isTallyMeasurable(tally) ? tally.availabilityPercent : undefined;
  return {
    availabilityPercent: rounded(percent, 3),
    coveragePercent: rounded(tally.coveragePercent),
    downSeconds: Math.round(tally.downMs / 1000),
    outages: tally.outages.length,
    objectivePercent: objective,
    objective:
      objective === undefined
        ? undefined
        : percent === undefined
          ? "not-measurable"
          : percent >= objective
            ? "met"
            : "missed",
    inMeanBitsPerSecond: rounded(meanOf(series.in.means), 0),
    inPeakBitsPerSecond: rounded(series.in.peak, 0),
    inP95BitsPerSecond: rounded(percentileOf(series.in.means, 95), 0),
    outMeanBitsPerSecond: rounded(meanOf(series.out.means), 0),
    outPeakBitsPerSecond: rounded(series.out.peak, 0),
    outP95BitsPerSecond: rounded(percentileOf(series.out.means, 95), 0),
  };
}

function linkColumns(input: Prepared): TableColumn[] {
  const { speech, period } = input;
  const { format, messages } = speech;
  const rate = (key: string, word: Parameters<typeof numberColumn>[2], dropOrder = 3) =>
    numberColumn(speech, key, word, format.bitRate, { dropOrder });
  const percent = (key: string, word: Parameters<typeof numberColumn>[2], dropOrder = 2) =>
    numberColumn(speech, key, word, (value) => format.percent(value), { dropOrder });
  const word = (table: Readonly<Record<string, string>>) => (value: CellValue) =>
    table[String(value)] ?? String(value ?? "");
  return [
    stateColumn(speech),
    textColumn(speech, "agency", "agency", { dropOrder: 0 }),
    textColumn(speech, "name", "link", { dropOrder: 2 }),
    textColumn(speech, "carrier", "carrier", { dropOrder: 3 }),
    { ...textColumn(speech, "kind", "kind", { dropOrder: 5 }), format: word(messages.linkKinds) },
    textColumn(speech, "circuit", "circuit", { dropOrder: 6 }),
    { ...textColumn(speech, "role", "role", { dropOrder: 4 }), format: word(messages.linkRoles) },
    rate("committedBitsPerSecond", "committed", 5),
    ...(period
      ? periodColumns()
      : [
          rate("inBitsPerSecond", "inRate"),
          rate("outBitsPerSecond", "outRate"),
          percent("inUtilisationPercent", "inUse"),
          percent("outUtilisationPercent", "outUse"),
          numberColumn(speech, "rttMs", "rtt", format.milliseconds, { dropOrder: 4 }),
          percent("lossPercent", "loss", 4),
        ]),
    whyColumn(speech),
    timeColumn(speech, "since", "since", { dropOrder: 5 }),
  ];

  function periodColumns(): TableColumn[] {
    const objectives: Record<string, string> = {
      met: speech.word("objectiveMet"),
      missed: speech.word("objectiveMissed"),
      "not-measurable": speech.word("notMeasurable"),
    };
    return [
      numberColumn(speech, "availabilityPercent", "availability", (value) => format.percent(value, 3), {
        dropOrder: 1,
      }),
      percent("coveragePercent", "coverage"),
      { ...textColumn(speech, "objective", "objective", { dropOrder: 2 }), format: word(objectives) },
      rate("inMeanBitsPerSecond", "inMean", 4),
      rate("inPeakBitsPerSecond", "inPeak", 5),
      rate("inP95BitsPerSecond", "inP95"),
      rate("outMeanBitsPerSecond", "outMean", 4),
      rate("outPeakBitsPerSecond", "outPeak", 5),
      rate("outP95BitsPerSecond", "outP95"),
    ];
  }
}

/** One line per carrier: how many of its links are in which state. */
function carrierSection(input: Prepared, links: readonly Link[]): ReportSection {
  const { speech, health } = input;
  const byCarrier = Map.groupBy(links, ({ carrier }) => carrier ?? "–");
  const states: readonly State[] = ["up", "degraded", "down", "unreachable", "unknown"];
  return {
    id: "carriers",
    title: speech.word("carriers"),
    table: {
      title: speech.word("carriers"),
      columns: [
        textColumn(speech, "carrier", "carrier", { dropOrder: 0 }),
        numberColumn(speech, "total", "links", speech.format.integer),
        ...states.map(
          (state): TableColumn => ({
            key: state,
            header: speech.messages.states[state],
            align: "right",
            format: (value) => (typeof value === "number" && value > 0 ? speech.format.integer(value) : "–"),
          }),
        ),
      ],
      rows: [...byCarrier]
        .map(([carrier, own]) => {
          const count = countStates(
            speech,
            "link",
            statesOf(
              health.links,
              own.map(({ id }) => id),
            ),
          );
          return { carrier, total: count.total, ...count.counts };
        })
        .sort((x, y) => y.total - x.total || compareText(x.carrier, y.carrier)),
    },
  };
}
