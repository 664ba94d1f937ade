import { holdsOn } from "../inventory/agencies.ts";
import type { Inventory, Link } from "../inventory/model.ts";
import { siteGateways } from "./gateways.ts";
import { matchNeighbors, uplinksByNeighbor } from "./neighbors.ts";
import type { Downlink, LinkGroup, Neighbor, Topology, Uplink } from "./types.ts";

/** What besides the inventory may shape the topology. */
export interface TopologyOptions {
  /** Calendar day, "2025-07-01": only links valid on it count. Absent: links without an end date. */
  on?: string;
  /** LLDP adjacencies; they order devices inside a site, and never override the inventory. */
  neighbors?: readonly Neighbor[];
}

/**
 * Derives who hangs on whom. The inventory decides in this order: a link (`a` is nearer to the center), the
 * device's own `uplink`, LLDP inside the site, and last the site's gateway. Cycles are kept as they are.
 */
export function buildTopology(inventory: Inventory, options: TopologyOptions = {}): Topology {
  const links = [...inventory.links.values()].filter((link) => isValidOn(link, options.on));
  const devicesBySite = groupBy(inventory.devices.values(), (device) => device.site);
  const linksByDevice = new Map<string, string[]>();
  const accessLinks = new Map<string, string[]>();
  const uplinks = new Map<string, Uplink[]>();
  for (const device of inventory.devices.keys()) uplinks.set(device, []);

  for (const link of links) {
    for (const device of new Set([link.a.device, link.b.device])) push(linksByDevice, device, link.id);
    const upper = inventory.devices.get(link.a.device);
    const lower = inventory.devices.get(link.b.device);
    if (!upper || !lower || upper.id === lower.id) continue;
    uplinks.get(lower.id)?.push({
      parent: upper.id,
      link: link.id,
      ...(link.group && { role: link.group.role }),
      source: "link",
    });
    if (upper.site !== lower.site) push(accessLinks, lower.site, link.id);
  }
  for (const device of inventory.devices.values()) {
    if (device.uplink === undefined || device.uplink === device.id || !inventory.devices.has(device.uplink))
      continue;
    const ways = uplinks.get(device.id)!;
    if (!ways.some((way) => way.parent === device.uplink))
      ways.push({ parent: device.uplink, source: "uplink" });
  }

  const gateways = siteGateways(inventory, links, devicesBySite, accessLinks);
  const matched = matchNeighbors(inventory, links, options.neighbors ?? []);
  const byNeighbor = uplinksByNeighbor(devicesBySite, gateways, matched.adjacent);
  for (const [site, members] of devicesBySite) {
    const edge = gateways.get(site) ?? [];
    for (const device of members) {
      const ways = uplinks.get(device)!;
      if (ways.length > 0 || edge.includes(device)) continue;
      const neighbor = byNeighbor.get(device);
      if (neighbor !== undefined) ways.push({ parent: neighbor, source: "lldp" });
      else ways.push(...edge.map((parent): Uplink => ({ parent, source: "site" })));
    }
  }
  for (const ways of uplinks.values()) ways.sort((x, y) => rank(x) - rank(y));

  const groups = linkGroups(links);
  return {
    uplinks,
    downlinks: reverse(uplinks),
    roots: [...uplinks].filter(([, ways]) => ways.length === 0).map(([device]) => device),
    devicesBySite,
    linksByDevice,
    accessLinks,
    gateways,
    groups,
    groupByLink: new Map(
      [...groups.values()].flatMap((group) => [...group.primary, ...group.backup].map((id) => [id, group])),
    ),
    undeclared: matched.undeclared,
  };
}

/** Whether a link exists on a calendar day; without a day, whether it has not ended. */
function isValidOn(link: Link, on: string | undefined): boolean {
  if (on === undefined) return link.validUntil === undefined;
  return holdsOn({ from: link.validFrom, until: link.validUntil }, on);
}

function rank(way: Uplink): number {
  return way.role === "backup" ? 1 : 0;
}

function reverse(uplinks: ReadonlyMap<string, readonly Uplink[]>): Map<string, Downlink[]> {
  const downlinks = new Map<string, Downlink[]>();
  for (const [child, ways] of uplinks) {
    for (const way of ways)
      push(downlinks, way.parent, { child, ...(way.link !== undefined && { link: way.link }) });
  }
  return downlinks;
}

function linkGroups(links: readonly Link[]): Map<string, LinkGroup> {
  const groups = new Map<string, { id: string; primary: string[]; backup: string[] }>();
  for (const link of links) {
    if (!link.group) continue;
    const group = groups.get(link.group.id) ?? { id: link.group.id, primary: [], backup: [] };
    group[link.group.role].push(link.id);
    groups.set(group.id, group);
  }
  return groups;
}

function groupBy<T extends { id: string }>(
  items: Iterable<T>,
  keyOf: (item: T) => string,
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const item of items) push(groups, keyOf(item), item.id);
  return groups;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
