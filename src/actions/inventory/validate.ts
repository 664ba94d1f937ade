/** Checks an inventory anew, past the cache, and on wish whether its secrets can be had. */
import { credentialResolver } from "../../inventory/credentials.ts";
import { KINDS } from "../../inventory/kinds.ts";
import { loadInventory } from "../../inventory/load.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { TableView } from "../../report/table-view.ts";

export interface SecretFault {
  code: string;
  message: string;
  target: string;
  fix?: string;
}

/** @throws {InventoryError} with all problems. Secrets that cannot be had are returned, one per credential. */
export async function validateInventory(directory: string, options: { secrets?: boolean } = {}) {
  const inventory = await loadInventory(directory, { cacheDirectory: false });
  const faults = options.secrets ? await unresolvedSecrets(inventory) : [];
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, inventory[kind].size]));
  const data = {
    directory: inventory.directory,
    province: inventory.province.id,
    contentHash: inventory.contentHash,
    counts,
  };
  const view: TableView = {
    columns: [
      { key: "kind", header: "KIND", dropOrder: 0 },
      { key: "objects", header: "OBJECTS", align: "right", dropOrder: 0 },
    ],
    rows: KINDS.map((kind) => ({ kind, objects: inventory[kind].size })),
    notes: [`${inventory.directory} is valid, revision ${inventory.contentHash.slice(0, 12)}`],
  };
  return { data, view, faults };
}

/** Credentials that devices use and whose secrets cannot be read. */
async function unresolvedSecrets(inventory: Inventory): Promise<SecretFault[]> {
  const resolve = credentialResolver(inventory);
  const used = new Set([...inventory.devices.values()].map((device) => device.credential));
  const faults: SecretFault[] = [];
  for (const id of used) {
    try {
      await resolve(id);
    } catch (error) {
      const { code, message, fix } = error as { code: string; message: string; fix?: string };
      faults.push({ code, message, target: id, ...(fix !== undefined && { fix }) });
    }
  }
  return faults;
}
