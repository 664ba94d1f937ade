/** Which devices of the province a packet from the center reaches: the lab's network, as far as it has one. */
import type { Inventory } from "../../inventory/model.ts";

/**
 * Devices that no way leads to while the given links are down. Ways lead from a link's upper end to its lower one,
 * from a device to those that name it as their uplink, and inside a site from where its links end to the rest.
 */
export function cutOffDevices(inventory: Inventory, downLinks: ReadonlySet<string>): Set<string> {
  const below = new Map<string, string[]>();
  const hasWay = new Set<string>();
  const join = (upper: string, lower: string) => {
    hasWay.add(lower);
    below.set(upper, [...(below.get(upper) ?? []), lower]);
  };
  const entries = new Map<string, string>();
  for (const link of inventory.links.values()) {
    if (link.validUntil !== undefined) continue;
    const lowerSite = inventory.devices.get(link.b.device)?.site;
    if (lowerSite !== undefined && lowerSite !== inventory.devices.get(link.a.device)?.site) {
      entries.set(lowerSite, link.b.device);
    }
    hasWay.add(link.b.device);
    if (!downLinks.has(link.id)) join(link.a.device, link.b.device);
  }
  for (const device of inventory.devices.values()) {
    if (device.uplink !== undefined) join(device.uplink, device.id);
  }
  for (const device of inventory.devices.values()) {
    const entry = entries.get(device.site);
    if (!hasWay.has(device.id) && entry !== undefined && entry !== device.id) join(entry, device.id);
  }
  const reached = new Set([...inventory.devices.keys()].filter((id) => !hasWay.has(id)));
  for (const id of reached) for (const next of below.get(id) ?? []) reached.add(next);
  return new Set([...inventory.devices.keys()].filter((id) => !reached.has(id)));
}
