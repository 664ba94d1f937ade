/** The links of a day as rows. */
import { siteAgencyAt } from "../../inventory/agencies.ts";
import { accessLinksOfAgency, linksAt } from "../../inventory/equipment.ts";
import { findAgency, findCarrier, findName } from "../../inventory/lookup.ts";
import type { Inventory, Link } from "../../inventory/model.ts";
import type { TableView } from "../../report/table-view.ts";
import { type InventoryPlace, openInventory } from "../inventory/open.ts";

export interface LinkFilter {
  /** Links that bring this agency and those below it in. */
  agency?: string | undefined;
  kind?: string | undefined;
  carrier?: string | undefined;
  /** Only WAN links: everything but kind `lan`. */
  wan?: boolean | undefined;
  limit?: number | undefined;
}

/** The links of the day that pass the filter. @throws LookupError (2) for a name that nothing has */
export async function listLinks(place: InventoryPlace, filter: LinkFilter = {}) {
  const { inventory, date } = await openInventory(place);
  const kind = filter.kind === undefined ? undefined : findName("kind", filter.kind, await kindsOfModel());
  const carrier = filter.carrier === undefined ? undefined : findCarrier(inventory, filter.carrier);
  const links =
    filter.agency === undefined
      ? linksAt(inventory, date)
      : accessLinksOfAgency(inventory, findAgency(inventory, filter.agency, date).id, { date });
  const passing = links.filter(
    (link) =>
      (kind === undefined || link.kind === kind) &&
      (carrier === undefined || link.carrier?.toLowerCase() === carrier.toLowerCase()) &&
      (!filter.wan || link.kind !== "lan"),
  );
  return linkTable(inventory, date, passing.slice(0, filter.limit));
}

/** Loaded only for who asks for a kind: a list of links needs no schema. */
async function kindsOfModel(): Promise<readonly string[]> {
  return (await import("../../inventory/model.ts")).linkSchema.shape.kind.options;
}

export function linkTable(inventory: Inventory, date: string, links: readonly Link[]) {
  const rows = links.map((link) => ({
    id: link.id,
    agency: agencyAtFarEnd(inventory, link, date),
    kind: link.kind,
    carrier: link.carrier,
    circuitId: link.circuitId,
    committedMbps: committedText(link),
    a: `${link.a.device} ${link.a.interface}`,
    b: `${link.b.device} ${link.b.interface}`,
    group: link.group?.id,
    role: link.group?.role,
    availabilityPercent: link.slo?.availabilityPercent,
  }));
  const view: TableView = {
    columns: [
      { key: "id", header: "LINK", dropOrder: 0 },
      { key: "agency", header: "AGENCY", dropOrder: 1 },
      { key: "kind", header: "KIND", dropOrder: 1 },
      { key: "carrier", header: "CARRIER", dropOrder: 2 },
      { key: "circuitId", header: "CIRCUIT", dropOrder: 4 },
      { key: "committedMbps", header: "MBIT/S", align: "right", dropOrder: 2 },
      { key: "role", header: "ROLE", dropOrder: 3 },
      { key: "availabilityPercent", header: "SLO %", align: "right", dropOrder: 5 },
      { key: "a", header: "UPSTREAM END", dropOrder: 6 },
      { key: "b", header: "AGENCY'S END", dropOrder: 7 },
    ],
    rows,
    empty: "no link passes the filter",
  };
  return { rows, view };
}

/** "50", or "8↓ 2↑" as the agency sees it: out of `a` is down to the agency. */
export function committedText(link: Link): string | number | undefined {
  if (typeof link.committedMbps !== "object") return link.committedMbps;
  return `${link.committedMbps.out}↓ ${link.committedMbps.in}↑`;
}

function agencyAtFarEnd(inventory: Inventory, link: Link, date: string): string | undefined {
  const site = inventory.sites.get(inventory.devices.get(link.b.device)?.site ?? "");
  return site === undefined ? undefined : siteAgencyAt(inventory, site, date);
}
