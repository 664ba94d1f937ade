/** Opens the inventory for an action that only reads it. */
import { dateAt } from "../../inventory/agencies.ts";
import { loadInventory } from "../../inventory/load.ts";
import type { Inventory } from "../../inventory/model.ts";

/** Where an action finds the inventory and its validated cache, and the day it is asked about. */
export interface InventoryPlace {
  directory: string;
  cacheDirectory?: string;
  /** "2025-06-30"; default today at the province. */
  date?: string | undefined;
}

/** A flag that is not what it should be (exit code 2). */
export class UsageError extends Error {
  readonly code = "usage";
  readonly exitCode = 2;
  readonly fix: string | undefined;
  constructor(message: string, fix?: string) {
    super(message);
    this.fix = fix;
  }
}

export async function openInventory(place: InventoryPlace): Promise<{ inventory: Inventory; date: string }> {
  const date = place.date === undefined ? undefined : checkedDay("--date", place.date);
  const inventory = await loadInventory(place.directory, {
    ...(place.cacheDirectory && { cacheDirectory: place.cacheDirectory }),
  });
  return { inventory, date: date ?? dateAt(inventory) };
}

/** A real calendar day. @throws {UsageError} */
export function checkedDay(flag: string, text: string): string {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (date === undefined || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text) {
    throw new UsageError(`${flag} ${text}: not a day`, "write it as 2025-06-30");
  }
  return text;
}
