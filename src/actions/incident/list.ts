/** `pdc incident list`: what runs, or what was in a period. */
import type { AnnotatedIncident } from "../../health/incident/people.ts";
import type { CauseKind, IncidentKind } from "../../health/incident/types.ts";
import { dateAt } from "../../inventory/agencies.ts";
import { findAgency } from "../../inventory/lookup.ts";
import type { Inventory } from "../../inventory/model.ts";
import { speechFor } from "../../report/languages.ts";
import { incidentColumns, incidentRow } from "../../report/period/incident.ts";
import type { CellValue, TableView } from "../../report/table-view.ts";
import { agencyTree, withDescendants } from "../../topology/agencies.ts";
import { type InventoryPlace, openInventory } from "../inventory/open.ts";
import { type PeriodOptions, periodAsked } from "../report/period.ts";
import { missingShards } from "../report/several-stores.ts";
import { type StoreOptions, storePaths } from "../store/paths.ts";
import { openIncidents } from "./open-province.ts";
import { provinceIncidents } from "./recorded.ts";

export interface ListIncidentsOptions extends PeriodOptions, StoreOptions {
  agency?: string | undefined;
  kind?: IncidentKind | undefined;
  cause?: CauseKind | undefined;
  /** Also those that have ended. */
  all?: boolean;
  nowMs?: number;
}

/** Newest first; without a period those that run. @throws InventoryError, StoreError, LookupError, UsageError, SeveralStoresError */
export async function listIncidents(
  place: InventoryPlace,
  options: ListIncidentsOptions,
): Promise<{ rows: Record<string, CellValue>[]; view: TableView; warnings: string[] }> {
  const { inventory } = await openInventory(place);
  const nowMs = options.nowMs ?? Date.now();
  const period = periodAsked(options, inventory.province.timeZone, nowMs);
  const store = openIncidents(storePaths(options), period);
  try {
    const range = period ?? (options.all ? {} : { openOnly: true });
    const fits = filterOf(inventory, options);
    const rows = provinceIncidents(store, inventory, range)
      .map(({ one }) => one)
      .filter(fits)
      .toReversed()
      .map((one) => incidentRow(rowContext(inventory, nowMs), one, nowMs));
    const speech = speechFor(inventory, "en", nowMs);
    const columns = incidentColumns(speech).filter(({ key }) => key !== "evidence");
    const id = { key: "id", header: "Incident", dropOrder: 1 };
    const shards = missingShards(store).join(", ");
    const warnings = shards === "" ? [] : [speech.word("shardsMissing", { shards })];
    return { rows, view: { columns: [id, ...columns], rows, empty: "No incident fits." }, warnings };
  } finally {
    store.close();
  }
}

/** What a row of an incident is written with: in English, as all commands are. */
export function rowContext(inventory: Inventory, nowMs: number) {
  const { agencyOfSite } = agencyTree(inventory, dateAt(inventory, nowMs));
  return {
    inventory,
    speech: speechFor(inventory, "en", nowMs),
    agencyOfDevice: (device: string) => agencyOfSite.get(inventory.devices.get(device)?.site ?? ""),
  };
}

function filterOf(inventory: Inventory, { agency, kind, cause }: ListIncidentsOptions) {
  const tree = agencyTree(inventory, dateAt(inventory));
  const wanted = agency === undefined ? undefined : withDescendants(tree, findAgency(inventory, agency).id);
  const agencyOf = ({ incident: { subject } }: AnnotatedIncident) => {
    const device = subject.kind === "link" ? inventory.links.get(subject.id)?.b.device : subject.id;
    return tree.agencyOfSite.get(inventory.devices.get(device ?? "")?.site ?? "");
  };
  return (one: AnnotatedIncident) =>
    (kind === undefined || one.incident.kind === kind) &&
    (cause === undefined || one.cause === cause) &&
    (wanted === undefined ||
      wanted.has(agencyOf(one) ?? "") ||
      one.incident.affected.agencies.some((id) => wanted.has(id)));
}
