/**
 * Questions about agencies on a day. Pure; a day is "2025-06-30" and compares as text. `until` is the first day
 * something no longer held (see model.ts), so a report of a month asks for a day of that month and gets its tree.
 */
import type { Agency, Inventory, Site } from "./model.ts";

/** Does a period of validity hold on a day? */
export function holdsOn(
  period: { from?: string | undefined; until?: string | undefined },
  date: string,
): boolean {
  return (
    (period.from === undefined || period.from <= date) && (period.until === undefined || date < period.until)
  );
}

/** The day it is at the province ("2026-11-24"). */
export function dateAt(inventory: Inventory, atMs: number = Date.now()): string {
  // The Swedish form of a date is the ISO 8601 one.
  return new Intl.DateTimeFormat("sv-SE", { timeZone: inventory.province.timeZone }).format(atMs);
}

export function existsOn(agency: Agency, date: string): boolean {
  return holdsOn({ from: agency.validFrom, until: agency.validUntil }, date);
}

/** The agencies that exist on a day, in the order of the files. */
export function agenciesAt(inventory: Inventory, date: string): Agency[] {
  return [...inventory.agencies.values()].filter((agency) => existsOn(agency, date));
}

/** The id of the agency it belongs to on a day; undefined: directly under the province. */
export function parentAt(agency: Agency, date: string): string | undefined {
  return agency.parents.find((parent) => holdsOn(parent, date))?.agency;
}

/** What it was called on a day: the former name that was given up soonest after it, else the present one. */
export function nameAt(agency: Agency, date: string): string {
  return formerAt(agency.formerNames, date)?.name ?? agency.name;
}

/** Its code on a day. */
export function codeAt(agency: Agency, date: string): string | undefined {
  return formerAt(agency.formerCodes, date)?.code ?? agency.code;
}

function formerAt<T extends { until?: string | undefined }>(
  former: readonly T[],
  date: string,
): T | undefined {
  return former
    .filter((one) => one.until !== undefined && date < one.until)
    .sort((a, b) => (a.until! < b.until! ? -1 : 1))[0];
}

/** An agency with what is below it. */
export interface AgencyNode {
  agency: Agency;
  children: AgencyNode[];
}

/** The tree of a day; the roots are directly under the province. */
export function agencyTreeAt(inventory: Inventory, date: string): AgencyNode[] {
  const nodes = new Map(
    agenciesAt(inventory, date).map((agency) => [agency.id, { agency, children: [] } as AgencyNode]),
  );
  const roots: AgencyNode[] = [];
  for (const node of nodes.values()) {
    const parent = nodes.get(parentAt(node.agency, date) ?? "");
    (parent?.children ?? roots).push(node);
  }
  return roots;
}

/** The agency and everything below it on a day, as ids; only the ids that exist then. */
export function subtreeAt(inventory: Inventory, agencyId: string, date: string): Set<string> {
  const children = new Map<string, string[]>();
  for (const agency of agenciesAt(inventory, date)) {
    const parent = parentAt(agency, date);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), agency.id]);
  }
  const found = new Set<string>();
  const left = [agencyId];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    left.push(...(children.get(id) ?? []));
  }
  return found;
}

/** From the agency itself up to the one directly under the province, on a day. */
export function ancestorsAt(inventory: Inventory, agencyId: string, date: string): Agency[] {
  const chain: Agency[] = [];
  for (
    let agency = inventory.agencies.get(agencyId);
    agency;
    agency = inventory.agencies.get(parentAt(agency, date) ?? "")
  ) {
    chain.push(agency);
  }
  return chain;
}

/** What has become of an agency by a day: itself, or what it was merged into (and that one, and so on). */
export function successorAt(inventory: Inventory, agencyId: string, date: string): string {
  let id = agencyId;
  for (;;) {
    const merged = inventory.agencies.get(id)?.mergedInto;
    if (merged === undefined || date < merged.on) return id;
    id = merged.agency;
  }
}

/** Whose a site is on a day. */
export function siteAgencyAt(inventory: Inventory, site: Site, date: string): string {
  const former = formerAt(site.formerAgencies, date);
  return successorAt(inventory, former?.agency ?? site.agency, date);
}
