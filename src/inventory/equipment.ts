/** Questions about sites, devices and links. Pure. */
import { dateAt, holdsOn, siteAgencyAt, subtreeAt } from "./agencies.ts";
import type { Device, Inventory, Link, Site } from "./model.ts";

export interface AgencyScope {
  /** Day of the tree; default: today at the province. */
  date?: string;
  /** With what is below it (default true). */
  below?: boolean;
}

/** The sites of an agency on a day. */
export function sitesOfAgency(inventory: Inventory, agencyId: string, scope: AgencyScope = {}): Site[] {
  const date = scope.date ?? dateAt(inventory);
  const agencies = scope.below === false ? new Set([agencyId]) : subtreeAt(inventory, agencyId, date);
  return [...inventory.sites.values()].filter((site) => agencies.has(siteAgencyAt(inventory, site, date)));
}

/** The devices at the sites of an agency on a day. */
export function devicesOfAgency(inventory: Inventory, agencyId: string, scope: AgencyScope = {}): Device[] {
  const sites = new Set(sitesOfAgency(inventory, agencyId, scope).map((site) => site.id));
  return [...inventory.devices.values()].filter((device) => sites.has(device.site));
}

/** The links that exist on a day, in the order of the files. */
export function linksAt(inventory: Inventory, date: string): Link[] {
  return [...inventory.links.values()].filter((link) =>
    holdsOn({ from: link.validFrom, until: link.validUntil }, date),
  );
}

/** The links that bring an agency in: `b` is at one of its sites, `a` is not. */
export function accessLinksOfAgency(inventory: Inventory, agencyId: string, scope: AgencyScope = {}): Link[] {
  const sites = new Set(sitesOfAgency(inventory, agencyId, scope).map((site) => site.id));
  const isInside = (deviceId: string) => sites.has(inventory.devices.get(deviceId)?.site ?? "");
  return linksAt(inventory, scope.date ?? dateAt(inventory)).filter(
    (link) => isInside(link.b.device) && !isInside(link.a.device),
  );
}

/** Primary and backup links that stand in for each other, by group id; primaries first. */
export function linkGroups(links: Iterable<Link>): Map<string, Link[]> {
  const groups = new Map<string, Link[]>();
  for (const link of links) {
    if (link.group) groups.set(link.group.id, [...(groups.get(link.group.id) ?? []), link]);
  }
  for (const group of groups.values())
    group.sort((a, b) => Number(a.group?.role === "backup") - Number(b.group?.role === "backup"));
  return groups;
}

/** Committed rate in bit/s, as the `a` end sees it: in = from `b`, out = towards `b`. */
export function committedBitsPerSecond(link: Link): { in: number; out: number } | undefined {
  if (link.committedMbps === undefined) return undefined;
  const { in: inward, out } =
    typeof link.committedMbps === "number"
      ? { in: link.committedMbps, out: link.committedMbps }
      : link.committedMbps;
  return { in: inward * 1e6, out: out * 1e6 };
}
