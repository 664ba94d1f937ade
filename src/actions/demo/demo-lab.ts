/** The demo's lab: its own and gone with it, or one in the background that stays for whoever wants to look around. */
import type { Inventory } from "../../inventory/model.ts";
import { createFaults } from "../../lab/faults/create-faults.ts";
import { askKeeper, startKeeper } from "../../lab/province/control.ts";
import { startProvince } from "../../lab/province/start-province.ts";

export interface DemoLab {
  /** The inventory that points at the lab's agents. */
  inventoryDirectory: string;
  devices: number;
  /** Resolves when agents ended that were not asked to: what a poll finds then is not the province. */
  broken: Promise<Error>;
  /** Lets the bad morning of this seed happen. What it does to whom is not told: the poller has to find out. */
  startBadMorning(seed: number): Promise<void>;
  /** Ends it; one in the background stays. */
  stop(): Promise<void>;
  /** Ends it at once, also one in the background: for when this process is ending and can wait for nothing. */
  abandon(): void;
}

/** A lab in child processes of this one. */
export async function ownLab(inventory: Inventory, directory: string, signal: AbortSignal): Promise<DemoLab> {
  const province = await startProvince(inventory, { directory, signal });
  return {
    inventoryDirectory: province.inventoryDirectory,
    devices: province.agents.endpoints.length,
    broken: province.agents.broken,
    startBadMorning: (seed) => province.apply(createFaults(inventory, seed)),
    stop: () => province.stop(),
    // Agents end with the process that started them.
    abandon: () => {},
  };
}

/** A lab that runs on after the demo. */
export async function keptLab(
  inventory: Inventory,
  directory: string,
  signal: AbortSignal,
): Promise<DemoLab> {
  const { inventoryDirectory, devices, processId } = await startKeeper(
    directory,
    inventory.directory,
    signal,
  );
  return {
    inventoryDirectory,
    devices,
    // The keeper ends itself when its agents are broken; the demo is told by the next thing it asks it.
    broken: new Promise(() => {}),
    startBadMorning: async (seed) => {
      const status = await askKeeper(directory, { kind: "faults", seed });
      if (status === undefined) throw new Error("the lab in the background has ended");
    },
    stop: async () => {},
    abandon: () => {
      try {
        process.kill(processId, "SIGTERM");
      } catch {
        // It ended by itself.
      }
    },
  };
}
