import { loadInventory } from "../../inventory/load.ts";
import { askKeeper, type LabStatus, startKeeper } from "../../lab/province/control.ts";
import { LabError } from "./lab-error.ts";
import type { LabOptions } from "./status.ts";

export interface LabUpOptions extends LabOptions {
  inventoryDirectory: string;
  cacheDirectory: string;
  /** Lets the bad morning of this seed happen to the lab as soon as it runs (or to one that runs already). */
  faultSeed?: number | undefined;
  signal: AbortSignal;
}

/**
 * Starts the province in the background; one that runs already is left as it is.
 * @throws LabError when another inventory's lab runs there; InventoryError.
 */
export async function labUp(options: LabUpOptions): Promise<{ status: LabStatus; wasRunning: boolean }> {
  const { directory, inventoryDirectory, faultSeed, signal } = options;
  const running = await askKeeper(directory, { kind: "status" });
  if (running !== undefined && running.sourceInventory !== inventoryDirectory) {
    throw new LabError(
      "lab-of-another-inventory",
      `a lab of ${running.sourceInventory} runs already`,
      "stop it with `pdc lab down`, or keep this one elsewhere with --dir",
    );
  }
  // Here its problems are told with their places; the keeper could only say that it ended.
  if (running === undefined)
    await loadInventory(inventoryDirectory, { cacheDirectory: options.cacheDirectory });
  const status = running ?? (await startKeeper(directory, inventoryDirectory, signal));
  if (faultSeed === undefined) return { status, wasRunning: running !== undefined };
  const changed = await askKeeper(directory, { kind: "faults", seed: faultSeed });
  return { status: changed ?? status, wasRunning: running !== undefined };
}
