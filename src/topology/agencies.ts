import { agenciesAt, parentAt, siteAgencyAt, successorAt } from "../inventory/agencies.ts";
import type { Agency, Inventory } from "../inventory/model.ts";

/** The agencies as they stood on one day, indexed. */
export interface AgencyTree {
  /** Calendar day, "2025-07-01". */
  on: string;
  /** Those that existed, in the inventory's order. */
  agencies: ReadonlyMap<string, Agency>;
  /** Absent: directly under the province. */
  parent: ReadonlyMap<string, string>;
  children: ReadonlyMap<string, readonly string[]>;
  /** Whose each site was. */
  agencyOfSite: ReadonlyMap<string, string>;
}

/**
 * The tree of agencies on a calendar day: validity, parents and mergers are data with dates, so that a report of an
 * earlier month shows that month's tree. A parent that had ended is replaced by who took it over, or left out.
 */
export function agencyTree(inventory: Inventory, on: string): AgencyTree {
  const existing = agenciesAt(inventory, on).filter(({ id }) => successorAt(inventory, id, on) === id);
  const agencies = new Map(existing.map((agency) => [agency.id, agency]));
  const parent = new Map<string, string>();
  const children = new Map<string, string[]>();
  for (const agency of existing) {
    const named = parentAt(agency, on);
    const above = named === undefined ? undefined : successorAt(inventory, named, on);
    if (above === undefined || above === agency.id || !agencies.has(above)) continue;
    parent.set(agency.id, above);
    const siblings = children.get(above);
    if (siblings) siblings.push(agency.id);
    else children.set(above, [agency.id]);
  }
  const agencyOfSite = new Map(
    [...inventory.sites.values()].map((site) => [site.id, siteAgencyAt(inventory, site, on)]),
  );
  return { on, agencies, parent, children, agencyOfSite };
}

/** An agency and everything below it. */
export function withDescendants(tree: AgencyTree, agency: string): Set<string> {
  const all = new Set([agency]);
  for (const id of all) for (const child of tree.children.get(id) ?? []) all.add(child);
  return all;
}
