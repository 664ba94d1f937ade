/** The province agency by agency: is it connected, how much of its equipment works, and if not, why. */
import { type Availability, accessTimeline } from "../health/availability.ts";
import { compareStates } from "../health/reasons.ts";
import { isTallyMeasurable, serviceMeaning, tallyOf } from "../health/tally.ts";
import type { Timeline } from "../health/timeline.ts";
import type { State } from "../health/types.ts";
import { codeAt } from "../inventory/agencies.ts";
import type { Agency } from "../inventory/model.ts";
import { compareText } from "./collation.ts";
import { isoTime, numberColumn, rounded, stateColumn, textColumn, timeColumn, whyColumn } from "./columns.ts";
import { frame, statesOf } from "./frame.ts";
import { type Prepared, prepare, type ReportInput, stateIn } from "./input.ts";
import type { ReportModel } from "./model.ts";
import type { CellValue, TableColumn } from "./table-view.ts";
import { stateStrips } from "./trends.ts";

/** What belongs to each agency on the report's day. */
interface Holdings {
  devices: readonly string[];
  /** Links that bring its sites in. */
  access: readonly string[];
}

/** The agency report. */
export function agencyReport(input: ReportInput): ReportModel {
  const prepared = prepare(input);
  const { health, scope, speech, tree, period } = prepared;
  const holdings = holdingsByAgency(prepared);
  const isEmpty = (id: string) => !holdings.has(id) && !tree.children.has(id);
  const agencies = [...tree.agencies.values()].filter(({ id }) => scope.agencies.has(id) && !isEmpty(id));
  const shown = agencies.filter(({ id }) => prepared.wantsState(stateIn(health.agencies, id)));
  const access = new Map(
    [...holdings].map(([id, { access: links }]) => [
      id,
      accessTimeline(links.map((link) => period?.links.get(link)?.timeline ?? [])),
    ]),
  );
  const rows = shown
    .map((agency) => agencyRow(prepared, agency, holdings.get(agency.id), access.get(agency.id) ?? []))
    .sort(
      (x, y) =>
        compareStates(x.state as State, y.state as State) ||
        compareText(x.kind, y.kind) ||
        compareText(x.name, y.name),
    );
  return frame(prepared, {
    kind: "agency",
    counted: [
      [
        "agency",
        statesOf(
          health.agencies,
          agencies.map(({ id }) => id),
        ),
      ],
      ["link", statesOf(health.links, scope.links)],
      ["device", statesOf(health.devices, scope.devices)],
    ],
    attention: { links: scope.links, devices: scope.devices },
    sections: [
      {
        id: "agencies",
        title: speech.word("agencies"),
        table: {
          title: speech.word("agencies"),
          columns: columns(prepared),
          rows,
          empty: speech.word("noAgencies"),
        },
        beneath: {
          state: ["since"],
          name: ["parent"],
          kind: ["code"],
          availabilityPercent: ["coveragePercent"],
        },
        ...(period && {
          strips: stateStrips(prepared, new Map(shown.map(({ id }) => [id, access.get(id) ?? []]))),
        }),
      },
    ],
    withMap: true,
    rules: ["rulePlanned"],
  });
}

function holdingsByAgency({
  inventory,
  topology,
  tree,
}: Prepared): Map<string, { devices: string[]; access: string[] }> {
  const holdings = new Map<string, { devices: string[]; access: string[] }>();
  for (const [site, agency] of tree.agencyOfSite) {
    const devices = topology.devicesBySite.get(site) ?? [];
    if (devices.length === 0) continue;
    const own = holdings.get(agency) ?? { devices: [], access: [] };
    holdings.set(agency, own);
    own.devices.push(...devices);
    const isOutside = (link: string) =>
      tree.agencyOfSite.get(inventory.devices.get(inventory.links.get(link)!.a.device)?.site ?? "") !==
      agency;
    own.access.push(...(topology.accessLinks.get(site) ?? []).filter(isOutside));
  }
  return holdings;
}

function agencyRow(
  input: Prepared,
  agency: Agency,
  own: Holdings | undefined,
  access: Timeline<Availability>,
): Record<string, CellValue> {
  const { health, speech, tree, inventory, period } = input;
  const subject = health.agencies.get(agency.id);
  const parent = tree.parent.get(agency.id);
  const notUp = (states: ReadonlyMap<string, { state: State }>, ids: readonly string[] = []) =>
    ids.filter((id) => states.get(id)?.state !== "up").length;
  const carriers = new Set(
    (own?.access ?? [])
      .map((link) => inventory.links.get(link)?.carrier)
      .filter((name) => name !== undefined),
  );
  const windows = period ? input.planned({ kind: "agency", id: agency.id }, period.fromMs, period.toMs) : [];
  const tally =
    period && own?.access.length
      ? tallyOf(access, windows, period.fromMs, period.toMs, serviceMeaning)
      : undefined;
  const maintenance = subject?.inMaintenance ? ` (${speech.word("inMaintenance")})` : "";
  return {
    state: subject?.state ?? "unknown",
    id: agency.id,
    code: codeAt(agency, tree.on),
    name: speech.names.agency(agency.id),
    kind: agency.kind,
    parent: parent === undefined ? "" : speech.names.agency(parent),
    carriers: [...carriers].join(", "),
    links: own?.access.length ?? 0,
    linksNotUp: notUp(health.links, own?.access),
    devices: own?.devices.length ?? 0,
    devicesNotUp: notUp(health.devices, own?.devices),
    availabilityPercent:
      tally && isTallyMeasurable(tally) ? rounded(tally.availabilityPercent, 3) : undefined,
    coveragePercent: rounded(tally?.coveragePercent),
    since: isoTime(subject?.sinceMs),
    why: speech.why(subject) + maintenance,
  };
}

function columns({ speech, period, tree }: Prepared): TableColumn[] {
  const { format, messages } = speech;
  const count = (key: string, word: Parameters<typeof numberColumn>[2], dropOrder: number) =>
    numberColumn(speech, key, word, (value) => (value > 0 ? format.integer(value) : "–"), { dropOrder });
  return [
    stateColumn(speech),
    textColumn(speech, "name", "agency", { dropOrder: 0 }),
    textColumn(speech, "code", "code", { dropOrder: 7 }),
    {
      ...textColumn(speech, "kind", "kind", { dropOrder: 6 }),
      format: (value) => messages.agencyKinds[value as Agency["kind"]] ?? String(value),
    },
    ...(tree.parent.size > 0 ? [textColumn(speech, "parent", "parent", { dropOrder: 5 })] : []),
    textColumn(speech, "carriers", "carrier", { dropOrder: 4 }),
    count("links", "links", 4),
    count("linksNotUp", "linksNotUp", 2),
    count("devices", "devices", 4),
    count("devicesNotUp", "devicesNotUp", 2),
    ...(period
      ? [
          numberColumn(speech, "availabilityPercent", "availability", (value) => format.percent(value, 3), {
            dropOrder: 1,
          }),
          numberColumn(speech, "coveragePercent", "coverage", (value) => format.percent(value), {
            dropOrder: 3,
          }),
        ]
      : []),
    whyColumn(speech),
    timeColumn(speech, "since", "since", { dropOrder: 3 }),
  ];
}
