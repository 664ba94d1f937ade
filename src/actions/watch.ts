/** `pdc watch`: the province as it is now, again and again. */
import type { Language } from "../report/format.ts";
import { type StoreOptions, storePaths } from "./store/paths.ts";
import { lastSeenPath, readLastSeen, writeLastSeen } from "./watch/last-seen.ts";
import type { WatchSnapshot } from "./watch/snapshot.ts";
import { type Reader, type ReaderMessage, startReader } from "./watch/start-reader.ts";

export interface WatchOptions extends StoreOptions {
  inventoryDirectory: string;
  cacheDirectory: string;
  /** Who acknowledges; default the user of the process. */
  by?: string | undefined;
  /** Of names and reasons; default English, as all commands. */
  language?: Language | undefined;
}

/** What the live view is given; it is told of news by `onMessage` once it has called `begin`. */
export interface Watching {
  /** From the last time, to be shown until the first news. */
  lastSeen: WatchSnapshot | undefined;
  begin(onMessage: (message: ReaderMessage) => void): Reader;
  /** Records it, and looks again. @throws as `acknowledgeIncident` */
  acknowledge(incident: string): Promise<void>;
  /** Keeps the newest snapshot for the next time. */
  close(): Promise<void>;
}

/** Reads nothing but what the last time left, so that the first frame is quick. */
export function watch(options: WatchOptions): Watching {
  const { inventoryDirectory, cacheDirectory, stateDirectory, by, language } = options;
  const paths = storePaths(options);
  const path = lastSeenPath(cacheDirectory, inventoryDirectory, paths);
  let reader: Reader | undefined;
  let newest: WatchSnapshot | undefined;
  return {
    lastSeen: readLastSeen(path),
    begin(onMessage) {
      reader = startReader({ inventoryDirectory, cacheDirectory, storePaths: paths, language }, (message) => {
        if (message.kind === "snapshot") newest = message.snapshot;
        onMessage(message);
      });
      return reader;
    },
    async acknowledge(incident) {
      const { acknowledgeIncident } = await import("./incident/ack.ts");
      const inventory = { directory: inventoryDirectory, cacheDirectory };
      await acknowledgeIncident({ incident, stateDirectory, store: paths, by, inventory });
      reader?.look();
    },
    async close() {
      if (newest) writeLastSeen(path, newest);
      await reader?.close();
    },
  };
}

/** One snapshot, for where there is no terminal. @throws InventoryError, StoreError, SeveralStoresError */
export async function watchOnce(options: WatchOptions): Promise<WatchSnapshot> {
  const { loadInventory } = await import("../inventory/load.ts");
  const { WatchReader } = await import("./watch/reader.ts");
  const inventory = await loadInventory(options.inventoryDirectory, options);
  const reader = new WatchReader(inventory, storePaths(options), options.language);
  try {
    return reader.read()!;
  } finally {
    reader.close();
  }
}
