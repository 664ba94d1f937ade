/** Which devices a poll is about. Pure. */
import { devicesOfAgency } from "../inventory/equipment.ts";
import { findAgency, findDevice } from "../inventory/lookup.ts";
import type { Device, Inventory } from "../inventory/model.ts";
import { isInShard, type Shard } from "./shard.ts";

export interface TargetSelection {
  /** Ids or addresses; together with `agencies`: either. Neither: every device. */
  devices?: readonly string[] | undefined;
  /** Ids, codes, names or aliases; their devices and those of the agencies below. */
  agencies?: readonly string[] | undefined;
  /** After that, only this poller's share. */
  shard?: Shard | undefined;
}

/**
 * The devices to poll, each once, in the order of the inventory.
 * @throws LookupError (exit code 2) for a name that means none, or several.
 */
export function selectTargets(inventory: Inventory, selection: TargetSelection = {}): Device[] {
  const { devices = [], agencies = [], shard } = selection;
  let chosen: Iterable<Device> = inventory.devices.values();
  if (devices.length > 0 || agencies.length > 0) {
    const ids = new Set([
      ...devices.map((name) => findDevice(inventory, name).id),
      ...agencies.flatMap((name) =>
        devicesOfAgency(inventory, findAgency(inventory, name).id).map(({ id }) => id),
      ),
    ]);
    chosen = [...inventory.devices.values()].filter(({ id }) => ids.has(id));
  }
  return [...chosen].filter(({ id }) => !shard || isInShard(id, shard));
}
