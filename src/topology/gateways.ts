import type { Device, Inventory, Link } from "../inventory/model.ts";

/** Roles that can forward for others, the most likely gateway first. */
const FORWARDING_ROLES: readonly Device["role"][] = ["router", "firewall", "core-switch", "switch"];

/**
 * The devices of each site through which the others reach the center: the site's ends of its access links; where
 * there are none (the center itself), the upper ends of links to other sites; else the devices of the most
 * likely role. A site with neither has no gateway, and its devices hang on nothing.
 */
export function siteGateways(
  inventory: Inventory,
  links: readonly Link[],
  devicesBySite: ReadonlyMap<string, readonly string[]>,
  accessLinks: ReadonlyMap<string, readonly string[]>,
): Map<string, readonly string[]> {
  const upperEnds = new Map<string, Set<string>>();
  for (const link of links) {
    const upper = inventory.devices.get(link.a.device);
    const lower = inventory.devices.get(link.b.device);
    if (!upper || !lower || upper.site === lower.site) continue;
    const ends = upperEnds.get(upper.site) ?? new Set();
    upperEnds.set(upper.site, ends.add(upper.id));
  }
  const gateways = new Map<string, readonly string[]>();
  for (const [site, members] of devicesBySite) {
    const access = accessLinks.get(site);
    if (access) gateways.set(site, [...new Set(access.map((link) => inventory.links.get(link)!.b.device))]);
    else gateways.set(site, [...(upperEnds.get(site) ?? likelyGateways(inventory, members))]);
  }
  return gateways;
}

function likelyGateways(inventory: Inventory, members: readonly string[]): string[] {
  for (const role of FORWARDING_ROLES) {
    const found = members.filter((id) => inventory.devices.get(id)?.role === role);
    if (found.length > 0) return found;
  }
  return [];
}
