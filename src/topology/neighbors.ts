import type { Inventory, Link } from "../inventory/model.ts";
import type { Neighbor, UndeclaredAdjacency } from "./types.ts";

/** LLDP adjacencies resolved to devices of the inventory. */
export interface MatchedNeighbors {
  /** Both directions. */
  adjacent: ReadonlyMap<string, ReadonlySet<string>>;
  undeclared: UndeclaredAdjacency[];
}

/**
 * Finds the inventory's device behind each reported name: its id, its name, or the first label of a domain name,
 * case ignored. A name that fits two devices, or none, is left out: a hint must not guess.
 */
export function matchNeighbors(
  inventory: Inventory,
  links: readonly Link[],
  neighbors: readonly Neighbor[],
): MatchedNeighbors {
  const byName = new Map<string, string | undefined>();
  if (neighbors.length > 0) {
    for (const device of inventory.devices.values()) {
      for (const name of new Set([device.id, ...(device.name ? [device.name.toLowerCase()] : [])])) {
        byName.set(name, byName.has(name) && byName.get(name) !== device.id ? undefined : device.id);
      }
    }
  }
  const joined = new Set(links.flatMap(({ a, b }) => [pair(a.device, b.device)]));
  const adjacent = new Map<string, Set<string>>();
  const undeclared = new Map<string, UndeclaredAdjacency>();
  for (const neighbor of neighbors) {
    const here = inventory.devices.get(neighbor.device);
    const name = neighbor.remoteName.trim().toLowerCase();
    const there = inventory.devices.get(byName.get(name) ?? byName.get(name.split(".")[0] ?? "") ?? "");
    if (!here || !there || here.id === there.id) continue;
    add(adjacent, here.id, there.id);
    add(adjacent, there.id, here.id);
    const key = pair(here.id, there.id);
    if (here.site !== there.site && !joined.has(key) && !undeclared.has(key)) {
      undeclared.set(key, { a: here.id, b: there.id, interface: neighbor.localInterface });
    }
  }
  return { adjacent, undeclared: [...undeclared.values()] };
}

/** For devices of a site that LLDP joins to its gateway: the neighbour one step nearer to the gateway. */
export function uplinksByNeighbor(
  devicesBySite: ReadonlyMap<string, readonly string[]>,
  gateways: ReadonlyMap<string, readonly string[]>,
  adjacent: MatchedNeighbors["adjacent"],
): Map<string, string> {
  const nearer = new Map<string, string>();
  if (adjacent.size === 0) return nearer;
  for (const [site, members] of devicesBySite) {
    const here = new Set(members);
    const queue = [...(gateways.get(site) ?? [])];
    const seen = new Set(queue);
    for (const device of queue) {
      for (const next of adjacent.get(device) ?? []) {
        if (seen.has(next) || !here.has(next)) continue;
        seen.add(next);
        nearer.set(next, device);
        queue.push(next);
      }
    }
  }
  return nearer;
}

function pair(x: string, y: string): string {
  return x < y ? `${x} ${y}` : `${y} ${x}`;
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(value));
}
