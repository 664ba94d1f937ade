/** The thread in which the store is read and judged, so that the terminal answers to keys meanwhile. */
import { parentPort, workerData } from "node:worker_threads";
import { loadInventory } from "../../inventory/load.ts";
import { WatchReader } from "./reader.ts";
import type { ReaderMessage, ReaderTask } from "./start-reader.ts";

/** Looked at so often at most, and so seldom that reading takes no more of a core than this share. */
const LEAST_PAUSE_MS = 2000;
const MOST_PAUSE_MS = 60_000;
const SHARE_OF_CORE = 0.03;

const { inventoryDirectory, cacheDirectory, storePaths, language } = workerData as ReaderTask;
const tell = (message: ReaderMessage) => parentPort?.postMessage(message);

let reader: WatchReader | undefined;
let timer: NodeJS.Timeout | undefined;

async function open(): Promise<WatchReader> {
  reader?.close();
  reader = undefined;
  const inventory = await loadInventory(inventoryDirectory, { cacheDirectory });
  reader = new WatchReader(inventory, storePaths, language);
  return reader;
}

/** Reads, tells, and goes to sleep for long enough. */
async function look(isAnew: boolean): Promise<void> {
  clearTimeout(timer);
  const began = process.threadCpuUsage();
  let pauseMs = LEAST_PAUSE_MS;
  try {
    const snapshot = (isAnew || !reader ? await open() : reader).read();
    if (snapshot) tell({ kind: "snapshot", snapshot });
    const { user, system } = process.threadCpuUsage(began);
    pauseMs = Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, (user + system) / 1000 / SHARE_OF_CORE));
  } catch (error) {
    const { message, code, exitCode, fix } = error as Error &
      Partial<Record<"code" | "fix", string>> & { exitCode?: number };
    tell({
      kind: "trouble",
      message,
      ...(code && { code }),
      ...(fix && { fix }),
      ...(exitCode !== undefined && { exitCode }),
    });
  }
  timer = setTimeout(() => queue(false), pauseMs);
}

/** One look after the other. */
function queue(isAnew: boolean): void {
  turn = turn.then(() => look(isAnew));
}

let turn: Promise<void> = look(true);
// "look" after an acknowledgement; "reload" when the inventory is to be read again.
parentPort?.on("message", (what: "look" | "reload") => queue(what === "reload"));
