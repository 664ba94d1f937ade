/** `pdc store compact`: packs, rolls up and drops what is due, at once. */
import { statSync } from "node:fs";
import { setImmediate as breathe } from "node:timers/promises";
import { loadInventory } from "../../inventory/load.ts";
import type { TableView } from "../../report/table-view.ts";
import { ratesBetween } from "../../samples/rates.ts";
import { defaultStorePath } from "../../store/default-path.ts";
import { openStore } from "../../store/open-store.ts";
import { longKeptOf } from "../poll/upkeep.ts";

export interface CompactResult {
  path: string;
  /** Samples that were packed and rolled up. */
  packed: number;
  /** Samples, and rows of rollups, beyond their retention. */
  droppedSamples: number;
  droppedRollups: number;
  sizeOctetsBefore: number;
  sizeOctets: number;
  isStopped: boolean;
}

/**
 * The inventory says which rollups are WAN links' and kept 13 months.
 * @throws StoreError: `locked` (25) while a poller has the store (it compacts by itself); InventoryError
 */
export async function compactStore(options: {
  store?: string | undefined;
  stateDirectory: string;
  inventoryDirectory: string;
  cacheDirectory?: string;
  maxOctets?: number | undefined;
  signal: AbortSignal;
  onProgress?: (line: string) => void;
}): Promise<CompactResult> {
  const { cacheDirectory, maxOctets } = options;
  const inventory = await loadInventory(options.inventoryDirectory, {
    ...(cacheDirectory && { cacheDirectory }),
  });
  const path = options.store ?? defaultStorePath(options.stateDirectory);
  const store = openStore(path, { mode: "write" });
  const result = { packed: 0, droppedSamples: 0, droppedRollups: 0 };
  const sizeOctetsBefore = store.status().sizeOctets;
  try {
    let toldHour = 0;
    for (const step of store.compaction({
      rate: ratesBetween,
      longKept: longKeptOf(inventory, store),
      ...(maxOctets !== undefined && { retention: { maxOctets } }),
    })) {
      if (step.did === "packed") {
        result.packed += step.samples;
        if (step.hour !== toldHour)
          options.onProgress?.(`packing ${new Date(step.hour * 3_600_000).toISOString().slice(0, 13)}h`);
        toldHour = step.hour;
      }
      if (step.did === "dropped")
        result[step.what === "samples" ? "droppedSamples" : "droppedRollups"] += step.count;
      // Ctrl-C is heard between two steps; each is a transaction of its own.
      await breathe();
      if (options.signal.aborted) break;
    }
  } finally {
    store.close();
  }
  // Closed, its log is folded in.
  return {
    path,
    ...result,
    sizeOctetsBefore,
    sizeOctets: statSync(path).size,
    isStopped: options.signal.aborted,
  };
}

export function compactView(result: CompactResult): TableView {
  const number = (value: unknown) => Number(value).toLocaleString("en-US");
  const megabytes = (value: unknown) => number(Math.round(Number(value) / 1e5) / 10);
  return {
    columns: [
      { key: "path", header: "STORE", dropOrder: 0 },
      { key: "packed", header: "PACKED", align: "right", format: number },
      { key: "droppedSamples", header: "DROPPED", align: "right", format: number },
      { key: "droppedRollups", header: "ROLLUPS DROPPED", align: "right", format: number },
      { key: "sizeOctetsBefore", header: "BEFORE (MB)", align: "right", format: megabytes },
      { key: "sizeOctets", header: "AFTER (MB)", align: "right", format: megabytes },
    ],
    rows: [{ ...result }],
  };
}
