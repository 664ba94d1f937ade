/** What is broken and why: causes, worst first, each with what it cuts off. */
import { compareStates, hasFault, reason } from "../health/reasons.ts";
import type { SubjectState } from "../health/types.ts";
import { isoTime, numberColumn, stateColumn, textColumn, timeColumn, whyColumn } from "./columns.ts";
import type { Prepared } from "./input.ts";
import type { CellValue, TableView } from "./table-view.ts";

/** What one cause cuts off: ids of agencies and devices that are unreachable because of it. */
interface CutOff {
  agencies: number;
  devices: number;
}

/** Which subjects a report lists among its causes, besides whatever cuts off something in its scope. */
export interface AttentionScope {
  links: ReadonlySet<string>;
  devices: ReadonlySet<string>;
}

/**
 * The causes in scope. What is unreachable is counted at its cause and not listed; a link that is only unknown
 * because its far end is silent is told at that device.
 */
export function attentionTable(input: Prepared, listed: AttentionScope): TableView {
  const { health, speech, scope } = input;
  const cutOff = cutOffByCause(input);
  const causes: SubjectState[] = [];
  for (const [id, state] of health.links) {
    const isCause = cutOff.has(`link/${id}`);
    if ((listed.links.has(id) || isCause) && isWorthTelling(state) && !isToldAtDevice(state, listed))
      causes.push(state);
  }
  for (const [id, state] of health.devices) {
    const isCause = cutOff.has(`device/${id}`);
    if ((listed.devices.has(id) || isCause) && isWorthTelling(state)) causes.push(state);
  }
  const of = (state: SubjectState): CutOff =>
    cutOff.get(`${state.kind}/${state.id}`) ?? { agencies: 0, devices: 0 };
  causes.sort(
    (x, y) =>
      compareStates(x.state, y.state) ||
      of(y).devices - of(x).devices ||
      (x.id < y.id ? -1 : x.id > y.id ? 1 : 0),
  );
  const { word, format } = speech;
  return {
    title: word("attention"),
    empty: scope.isWhole || causes.length === 0 ? word("nothingBroken") : "",
    columns: [
      stateColumn(speech),
      textColumn(speech, "kind", "kind", { dropOrder: 4 }),
      textColumn(speech, "name", "subject", { dropOrder: 0 }),
      textColumn(speech, "agency", "agency", { dropOrder: 3 }),
      whyColumn(speech),
      numberColumn(
        speech,
        "agenciesCutOff",
        "agenciesCutOff",
        (count) => (count > 0 ? format.integer(count) : ""),
        { dropOrder: 2 },
      ),
      numberColumn(
        speech,
        "devicesCutOff",
        "devicesCutOff",
        (count) => (count > 0 ? format.integer(count) : ""),
        { dropOrder: 2 },
      ),
      timeColumn(speech, "since", "since", { dropOrder: 1 }),
    ],
    rows: causes.map((cause) => ({
      ...causeRow(input, cause),
      agenciesCutOff: of(cause).agencies,
      devicesCutOff: of(cause).devices,
    })),
  };
}

function causeRow(input: Prepared, cause: SubjectState): Record<string, CellValue> {
  const { speech, inventory, agencyOfDevice } = input;
  const device = cause.kind === "link" ? inventory.links.get(cause.id)?.b.device : cause.id;
  const agency = agencyOfDevice(device ?? "");
  const maintenance = cause.inMaintenance ? ` (${speech.word("inMaintenance")})` : "";
  const backup = carryingBackup(input, cause);
  return {
    id: cause.id,
    state: cause.state,
    kind: speech.messages.subjects[cause.kind],
    name: speech.names.subject(cause.kind, cause.id),
    agency: agency === undefined ? "" : speech.names.agency(agency),
    why: [speech.why(cause), backup].filter(Boolean).join("; ") + maintenance,
    since: isoTime(cause.sinceMs),
  };
}

/** "fiber-2 carries in place of fiber-1", for a primary that is down. */
function carryingBackup({ topology, health, speech }: Prepared, cause: SubjectState): string {
  const group =
    cause.kind === "link" && cause.state === "down" ? topology.groupByLink.get(cause.id) : undefined;
  if (!group?.primary.includes(cause.id)) return "";
  const backup = group.backup.find((id) => ["up", "degraded"].includes(health.links.get(id)?.state ?? ""));
  if (backup === undefined) return "";
  return speech.reason({
    ...reason("carrying-for-primary", "info", { primary: cause.id }),
    subject: { kind: "link", id: backup },
  });
}

function isWorthTelling(state: SubjectState): boolean {
  if (state.state === "unreachable" || state.state === "up") return false;
  if (state.state !== "unknown") return true;
  return hasFault(state.reasons) && !(state.kind === "link" && state.reasons[0]?.code === "far-end-silent");
}

/** A link whose only faults are those of a port (errors, duplex) of a device that is listed itself. */
function isToldAtDevice(link: SubjectState, listed: AttentionScope): boolean {
  return (
    link.state === "degraded" &&
    link.reasons.every(
      ({ severity, evidence }) =>
        severity === "info" || (evidence?.class === "interface" && listed.devices.has(evidence.device)),
    )
  );
}

/** "kind/id" of each cause → what in scope it cuts off. */
function cutOffByCause({ health, scope }: Prepared): Map<string, CutOff> {
  const causes = new Map<string, CutOff>();
  const at = (state: SubjectState) => {
    const key = `${state.because?.kind}/${state.because?.id}`;
    const known = causes.get(key) ?? { agencies: 0, devices: 0 };
    causes.set(key, known);
    return known;
  };
  for (const [id, state] of health.devices) if (state.because && scope.devices.has(id)) at(state).devices++;
  for (const [id, state] of health.agencies)
    if (state.because && scope.agencies.has(id)) at(state).agencies++;
  return causes;
}
