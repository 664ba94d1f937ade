/** What went wrong in a period: from when to when, whom it hit, whose fault it was and what that rests on. */
import type { AnnotatedIncident } from "../../health/incident/people.ts";
import type { CauseKind } from "../../health/incident/types.ts";
import type { State } from "../../health/types.ts";
import type { Inventory } from "../../inventory/model.ts";
import { isoTime, textColumn, timeColumn } from "../columns.ts";
import { frame } from "../frame.ts";
import { type Prepared, prepare, type ReportInput } from "../input.ts";
import type { Figure, ReportModel, ReportSection } from "../model.ts";
import type { Speech } from "../sentence.ts";
import type { CellValue, TableColumn } from "../table-view.ts";
import { countColumn, lengthColumn, wordsOf } from "./columns.ts";
import type { PeriodFacts } from "./facts.ts";

/** The incident report; the input must have `facts`. */
export function incidentReport(input: ReportInput): ReportModel {
  const prepared = prepare(input);
  const facts = prepared.facts as PeriodFacts;
  const { speech } = prepared;
  const incidents = facts.incidents.filter((one) => isInScope(prepared, one));
  const rows = incidents
    .toSorted((x, y) => y.incident.startMs - x.incident.startMs)
    .map((one) => incidentRow(prepared, one, facts.toMs))
    .filter(({ state }) => prepared.wantsState(state as State));
  const { format, word } = speech;
  const outages = incidents.filter(({ incident }) => incident.kind === "outage");
  const ended = outages.filter(({ incident }) => incident.endMs !== undefined);
  const lengthsMs = outages.map(({ incident }) => (incident.endMs ?? facts.toMs) - incident.startMs);
  const figures: Figure[] = [
    { label: word("incidents"), value: format.integer(incidents.length) },
    {
      label: word("outages"),
      value: format.integer(outages.length),
      ...(outages.length > 0 && { state: "down" as const }),
    },
    {
      label: word("running"),
      value: format.integer(incidents.filter(({ incident }) => incident.endMs === undefined).length),
    },
    {
      label: word("repairTime"),
      value:
        ended.length === 0
          ? "–"
          : format.duration(meanOf(ended.map(({ incident }) => incident.endMs! - incident.startMs)) / 1000),
    },
    {
      label: word("longest"),
      value: lengthsMs.length === 0 ? "–" : format.duration(Math.max(...lengthsMs) / 1000),
    },
  ];
  return frame(prepared, {
    kind: "incident",
    counted: [],
    attention: { links: new Set(), devices: new Set() },
    figures,
    sections: [
      {
        id: "incidents",
        title: word("incidents"),
        table: {
          title: word("incidents"),
          columns: incidentColumns(speech),
          rows,
          empty: word("noIncidents"),
        },
        beneath: {
          began: ["ended"],
          name: ["kind"],
          cause: ["attributedBy", "evidence"],
          impact: ["agenciesAffected"],
        },
      },
      causeSection(speech, incidents, facts.toMs),
    ],
    rules: ["ruleCause"],
    hasFindings: incidents.some(({ incident }) => incident.endMs === undefined),
  });
}

/** One incident as a row: of reports and of lists. */
export function incidentRow(
  {
    inventory,
    speech,
    agencyOfDevice,
  }: Pick<Prepared, "speech" | "agencyOfDevice"> & { inventory: Inventory },
  { incident, cause, attributedBy, acknowledged }: AnnotatedIncident,
  nowMs: number,
): Record<string, CellValue> {
  const link = incident.subject.kind === "link" ? inventory.links.get(incident.subject.id) : undefined;
  const agency = agencyOfDevice(link?.b.device ?? incident.subject.id);
  const flapped =
    incident.flapping && speech.word("flapped", { count: speech.format.integer(incident.flapping.changes) });
  const why = [...new Set(incident.reasons.slice(0, 3).map((one) => speech.reason(one))), flapped]
    .filter(Boolean)
    .join("; ");
  return {
    id: incident.id,
    state: incident.kind === "outage" ? "down" : "degraded",
    began: isoTime(incident.startMs),
    ended: isoTime(incident.endMs),
    isRunning: incident.endMs === undefined,
    durationSeconds: Math.round(((incident.endMs ?? nowMs) - incident.startMs) / 1000),
    plannedSeconds: Math.round(
      incident.planned.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) / 1000,
    ),
    kind: incident.kind,
    severity: incident.severity,
    subjectKind: incident.subject.kind,
    subject: incident.subject.id,
    name: speech.names.subject(incident.subject.kind, incident.subject.id),
    agency: agency === undefined ? "" : speech.names.agency(agency),
    carrier: link?.carrier ?? incident.cause.carrier,
    why,
    impact: incident.impact,
    agenciesAffected: incident.affected.agencies.length,
    cause,
    attributedBy,
    evidence: incident.cause.evidence
      .map((one) => speech.evidence(one))
      // What the reasons say already is not said again.
      .filter((sentence) => !why.includes(sentence))
      .join("; "),
    acknowledgedBy: acknowledged?.by,
  };
}

export function incidentColumns(speech: Speech): TableColumn[] {
  const { messages } = speech;
  const ended = timeColumn(speech, "ended", "ended", { dropOrder: 2 });
  return [
    timeColumn(speech, "began", "began", { dropOrder: 0 }),
    { ...ended, format: (value) => (value ? ended.format!(value) : speech.word("running")) },
    lengthColumn(speech, "durationSeconds", "lasted", { dropOrder: 1 }),
    { ...textColumn(speech, "kind", "kind", { dropOrder: 5 }), format: wordsOf(messages.incidentKinds) },
    textColumn(speech, "name", "subject", { dropOrder: 0 }),
    textColumn(speech, "agency", "agency", { dropOrder: 3 }),
    textColumn(speech, "carrier", "carrier", { dropOrder: 4 }),
    { key: "why", header: speech.word("why"), dropOrder: 2, leastWidth: 40 },
    { ...textColumn(speech, "impact", "impact", { dropOrder: 3 }), format: wordsOf(messages.impacts) },
    {
      ...countColumn(speech, "agenciesAffected", "agenciesCutOff", { dropOrder: 4 }),
      format: (count) =>
        Number(count) > 0
          ? `${speech.format.integer(Number(count))} ${speech.word("agencies").toLowerCase()}`
          : "–",
    },
    { ...textColumn(speech, "cause", "attributedTo", { dropOrder: 1 }), format: wordsOf(messages.causes) },
    textColumn(speech, "evidence", "evidence", { dropOrder: 6 }),
    lengthColumn(speech, "plannedSeconds", "plannedTime", { dropOrder: 5 }),
    textColumn(speech, "acknowledgedBy", "acknowledged", { dropOrder: 5 }),
  ];
}

function isInScope({ scope, inventory }: Prepared, { incident }: AnnotatedIncident): boolean {
  const { kind, id } = incident.subject;
  if (scope.isWhole) return true;
  if (kind === "link")
    return scope.links.has(id) || scope.devices.has(inventory.links.get(id)?.b.device ?? "");
  return scope.devices.has(id) || incident.affected.agencies.some((agency) => scope.agencies.has(agency));
}

function causeSection(speech: Speech, incidents: readonly AnnotatedIncident[], nowMs: number): ReportSection {
  const byCause = Map.groupBy(incidents, ({ cause }) => cause);
  const rows = [...byCause]
    .map(([cause, own]) => {
      const outages = own.filter(({ incident }) => incident.kind === "outage");
      const lengths = outages.map(({ incident }) => (incident.endMs ?? nowMs) - incident.startMs);
      return {
        cause: cause as CauseKind,
        incidents: own.length,
        outages: outages.length,
        downSeconds: Math.round(lengths.reduce((x, y) => x + y, 0) / 1000),
      };
    })
    .sort((x, y) => y.downSeconds - x.downSeconds || (x.cause < y.cause ? -1 : 1));
  return {
    id: "causes",
    title: speech.word("byCause"),
    table: {
      title: speech.word("byCause"),
      columns: [
        {
          ...textColumn(speech, "cause", "attributedTo", { dropOrder: 0 }),
          format: wordsOf(speech.messages.causes),
        },
        countColumn(speech, "incidents", "incidents"),
        countColumn(speech, "outages", "outages"),
        lengthColumn(speech, "downSeconds", "downTime"),
      ],
      rows,
    },
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((x, y) => x + y, 0) / values.length;
}
