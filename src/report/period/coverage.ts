/** Whether every commune is on the network: over what, with which backup, and when it was last seen. */
import { isTallyMeasurable } from "../../health/tally.ts";
import type { State } from "../../health/types.ts";
import type { Agency, Link } from "../../inventory/model.ts";
import { compareText } from "../collation.ts";
import { isoTime, numberColumn, rounded, stateColumn, textColumn, timeColumn } from "../columns.ts";
import { frame, statesOf } from "../frame.ts";
import { type Prepared, prepare, type ReportInput, stateIn } from "../input.ts";
import type { Figure, ReportModel, ReportSection } from "../model.ts";
import type { CellValue, TableColumn } from "../table-view.ts";
import { countColumn, lengthColumn, percentColumn, tallyCells } from "./columns.ts";
import { type PeriodFacts, tallyIn } from "./facts.ts";

/** Not seen for longer than this, a commune is not connected. */
export const CONNECTED_WITHIN_MS = 24 * 3_600_000;

interface Commune {
  agency: Agency;
  primary: readonly Link[];
  backup: readonly Link[];
  lastSeenMs: number | undefined;
  isConnected: boolean;
}

/** The coverage report; the input must have `facts` with `lastSeen`. */
export function coverageReport(input: ReportInput): ReportModel {
  const prepared = prepare(input);
  const facts = prepared.facts as PeriodFacts;
  const { speech, health, scope, tree } = prepared;
  const communes = [...tree.agencies.values()]
    .filter(({ id, kind }) => kind === "commune" && scope.agencies.has(id))
    .map((agency) => communeOf(prepared, facts, agency));
  const { format, word } = speech;
  const connected = communes.filter(({ isConnected }) => isConnected).length;
  const backed = communes.filter(({ backup }) => backup.length > 0).length;
  const never = communes.filter(({ lastSeenMs }) => lastSeenMs === undefined).length;
  const share = (count: number) =>
    `${word("ofTotal", { count: format.integer(count), total: format.integer(communes.length) })}${communes.length > 0 ? ` (${format.percent((100 * count) / communes.length)})` : ""}`;
  const isWhole = communes.length > 0 && connected === communes.length;
  const figures: Figure[] = [
    { label: word("connectedCommunes"), value: share(connected), state: isWhole ? "up" : "down" },
    { label: word("communesWithBackup"), value: share(backed) },
    {
      label: word("neverConnected"),
      value: format.integer(never),
      ...(never > 0 && { state: "unknown" as State }),
    },
  ];
  return frame(prepared, {
    kind: "coverage",
    counted: [
      [
        "agency",
        statesOf(
          health.agencies,
          communes.map(({ agency }) => agency.id),
        ),
      ],
    ],
    attention: { links: new Set(), devices: new Set() },
    figures,
    sections: [communeSection(prepared, facts, communes), districtSection(prepared, communes)],
    withMap: true,
    rules: ["ruleCoverage", "rulePlanned"],
    hasFindings: !isWhole,
  });
}

function communeOf(input: Prepared, facts: PeriodFacts, agency: Agency): Commune {
  const { inventory, topology, tree } = input;
  const links: Link[] = [];
  let lastSeenMs: number | undefined;
  for (const [site, owner] of tree.agencyOfSite) {
    if (owner !== agency.id) continue;
    for (const id of topology.accessLinks.get(site) ?? []) links.push(inventory.links.get(id)!);
    for (const device of topology.devicesBySite.get(site) ?? []) {
      const seenMs = facts.lastSeen?.get(device);
      if (seenMs !== undefined) lastSeenMs = Math.max(lastSeenMs ?? seenMs, seenMs);
    }
  }
  return {
    agency,
    primary: links.filter(({ group }) => group?.role !== "backup"),
    backup: links.filter(({ group }) => group?.role === "backup"),
    lastSeenMs,
    isConnected: lastSeenMs !== undefined && facts.toMs - lastSeenMs <= CONNECTED_WITHIN_MS,
  };
}

function communeSection(input: Prepared, facts: PeriodFacts, communes: readonly Commune[]): ReportSection {
  const { speech, health, tree } = input;
  const rows = communes
    .filter(({ agency }) => input.wantsState(stateIn(health.agencies, agency.id)))
    .map((commune): Record<string, CellValue> => {
      const { id } = commune.agency;
      const tally = tallyIn(facts, { kind: "agency", id });
      const parent = tree.parent.get(id);
      return {
        id,
        state: stateIn(health.agencies, id),
        name: speech.names.agency(id),
        district: parent === undefined ? "" : speech.names.agency(parent),
        isConnected: commune.isConnected,
        primary: accessText(input, commune.primary),
        backup: accessText(input, commune.backup),
        lastSeen: isoTime(commune.lastSeenMs),
        ...tallyCells(tally, isTallyMeasurable(tally)),
      };
    })
    .sort(
      (x, y) =>
        Number(x.isConnected) - Number(y.isConnected) ||
        Number(y.downSeconds) - Number(x.downSeconds) ||
        compareText(x.district, y.district) ||
        compareText(x.name, y.name),
    );
  return {
    id: "communes",
    title: speech.word("communes"),
    table: {
      title: speech.word("communes"),
      columns: communeColumns(input),
      rows,
      empty: speech.word("noCommunes"),
    },
    beneath: { state: ["lastSeen"], name: ["district"], availabilityPercent: ["coveragePercent"] },
  };
}

function communeColumns({ speech }: Prepared): TableColumn[] {
  const orNone = (column: TableColumn): TableColumn => ({
    ...column,
    format: (value) => (value ? String(value) : speech.word("none")),
  });
  const seen = timeColumn(speech, "lastSeen", "lastSeen", { dropOrder: 1 });
  return [
    stateColumn(speech),
    textColumn(speech, "name", "commune", { dropOrder: 0 }),
    textColumn(speech, "district", "district", { dropOrder: 3 }),
    orNone(textColumn(speech, "primary", "primaryAccess", { dropOrder: 2 })),
    orNone(textColumn(speech, "backup", "backupAccess", { dropOrder: 2 })),
    { ...seen, format: (value) => (value ? seen.format!(value) : speech.word("neverConnected")) },
    percentColumn(speech, "availabilityPercent", "availability", { dropOrder: 1, digits: 3 }),
    percentColumn(speech, "coveragePercent", "coverage", { dropOrder: 4 }),
    countColumn(speech, "outages", "outages", { dropOrder: 3 }),
    lengthColumn(speech, "downSeconds", "downTime", { dropOrder: 2 }),
  ];
}

/** "Fibre VNPT (up), Cellular Viettel (down)". */
function accessText({ speech, health }: Prepared, links: readonly Link[]): string {
  return links
    .map(({ id, kind, carrier }) => {
      const state = speech.messages.states[stateIn(health.links, id)].toLowerCase();
      return `${[speech.messages.linkKinds[kind], carrier].filter(Boolean).join(" ")} (${state})`;
    })
    .join(", ");
}

function districtSection({ speech, tree }: Prepared, communes: readonly Commune[]): ReportSection {
  const byDistrict = Map.groupBy(communes, ({ agency }) => tree.parent.get(agency.id) ?? "");
  const rows = [...byDistrict]
    .map(([district, own]) => {
      const connected = own.filter(({ isConnected }) => isConnected).length;
      return {
        district: district === "" ? "–" : speech.names.agency(district),
        communes: own.length,
        connected,
        connectedPercent: rounded((100 * connected) / own.length),
        withBackup: own.filter(({ backup }) => backup.length > 0).length,
      };
    })
    .sort((x, y) => x.connectedPercent! - y.connectedPercent! || compareText(x.district, y.district));
  return {
    id: "districts",
    title: speech.word("district"),
    table: {
      title: speech.word("district"),
      columns: [
        textColumn(speech, "district", "district", { dropOrder: 0 }),
        numberColumn(speech, "communes", "communes", speech.format.integer),
        numberColumn(speech, "connected", "connectedCommunes", speech.format.integer, { dropOrder: 0 }),
        percentColumn(speech, "connectedPercent", "access", { dropOrder: 0 }),
        numberColumn(speech, "withBackup", "communesWithBackup", speech.format.integer),
      ],
      rows,
    },
  };
}
