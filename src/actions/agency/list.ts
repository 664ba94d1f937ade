/** The agencies of a day as rows, each with how much hangs on it. */
import {
  type AgencyNode,
  agencyTreeAt,
  codeAt,
  nameAt,
  parentAt,
  siteAgencyAt,
} from "../../inventory/agencies.ts";
import type { Agency, Inventory } from "../../inventory/model.ts";
import type { TableView } from "../../report/table-view.ts";
import { type InventoryPlace, openInventory } from "../inventory/open.ts";

export interface AgencyFilter {
  kind?: string | undefined;
  limit?: number | undefined;
}

export async function listAgencies(place: InventoryPlace, filter: AgencyFilter = {}) {
  const { inventory, date } = await openInventory(place);
  return agencyTable(inventory, date, filter);
}

/** In the order of the tree: each agency is followed by those below it. */
export function agencyTable(inventory: Inventory, date: string, filter: AgencyFilter = {}) {
  const sites = new Map<string, number>();
  const devices = new Map<string, number>();
  const ownerOfSite = new Map(
    [...inventory.sites.values()].map((site) => [site.id, siteAgencyAt(inventory, site, date)]),
  );
  for (const agency of ownerOfSite.values()) sites.set(agency, (sites.get(agency) ?? 0) + 1);
  for (const device of inventory.devices.values()) {
    const agency = ownerOfSite.get(device.site) ?? "";
    devices.set(agency, (devices.get(agency) ?? 0) + 1);
  }
  const rows = walk(agencyTreeAt(inventory, date))
    .filter((agency) => filter.kind === undefined || agency.kind === filter.kind)
    .slice(0, filter.limit)
    .map((agency) => ({
      id: agency.id,
      code: codeAt(agency, date),
      name: nameAt(agency, date),
      kind: agency.kind,
      parent: parentAt(agency, date),
      sites: sites.get(agency.id) ?? 0,
      devices: devices.get(agency.id) ?? 0,
    }));
  const view: TableView = {
    columns: [
      { key: "id", header: "AGENCY", dropOrder: 0 },
      { key: "code", header: "CODE", dropOrder: 3 },
      { key: "name", header: "NAME" },
      { key: "kind", header: "KIND", dropOrder: 2 },
      { key: "parent", header: "PARENT", dropOrder: 4 },
      { key: "sites", header: "SITES", align: "right", dropOrder: 2 },
      { key: "devices", header: "DEVICES", align: "right" },
    ],
    rows,
    notes: [`tree of ${date}`],
    empty: "no agency of this kind on this day",
  };
  return { rows, view };
}

function walk(nodes: readonly AgencyNode[]): Agency[] {
  return nodes.flatMap((node) => [node.agency, ...walk(node.children)]);
}
