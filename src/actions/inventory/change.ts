/** Every change of an inventory's files goes through here: thought out, shown, checked, and only then written. */
import { type FileChange, InventoryDraft } from "../../inventory/edit/draft.ts";
import { writeChanges } from "../../inventory/edit/write-changes.ts";
import { loadInventory } from "../../inventory/load.ts";
import type { Inventory } from "../../inventory/model.ts";
import { readInventoryFiles } from "../../inventory/read-directory.ts";

/** A change that would be made. `write` makes it; the inventory that comes of it is valid. */
export interface PlannedChange {
  changes: readonly FileChange[];
  diff: string;
  notes: readonly string[];
  write(): Promise<void>;
}

/**
 * Plans a change of a valid inventory. @throws {InventoryError} when it is not valid now, or would not be after.
 */
export async function planChange(
  directory: string,
  change: (draft: InventoryDraft, inventory: Inventory) => readonly string[] | undefined,
): Promise<PlannedChange> {
  const inventory = await loadInventory(directory, { cacheDirectory: false });
  const draft = new InventoryDraft(await readInventoryFiles(inventory.directory));
  const notes = change(draft, inventory) ?? [];
  const changes = draft.changes();
  if (changes.length > 0) draft.check();
  return {
    changes,
    notes,
    diff: changes.map((one) => one.diff).join(""),
    write: () => writeChanges(inventory.directory, changes),
  };
}
