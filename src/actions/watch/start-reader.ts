/** Starts the thread that reads the store. */
import { Worker } from "node:worker_threads";
import type { Language } from "../../report/format.ts";
import type { WatchSnapshot } from "./snapshot.ts";

export interface ReaderTask {
  inventoryDirectory: string;
  cacheDirectory: string;
  storePaths: readonly string[];
  /** Of names and reasons; default English. */
  language?: Language | undefined;
}

export type ReaderMessage =
  | { kind: "snapshot"; snapshot: WatchSnapshot }
  /** The inventory or the store cannot be read now; it is tried again. */
  | { kind: "trouble"; message: string; code?: string; fix?: string; exitCode?: number };

export interface Reader {
  /** Looks now: something was written by us. */
  look(): void;
  /** Reads the inventory again too. */
  reload(): void;
  close(): Promise<void>;
}

export function startReader(task: ReaderTask, onMessage: (message: ReaderMessage) => void): Reader {
  // In the source it is TypeScript, in the package JavaScript.
  const file = import.meta.url.endsWith(".ts") ? "./reader-thread.ts" : "./reader-thread.js";
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: task,
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  worker.on("message", onMessage);
  worker.on("error", ({ message }: Error) => onMessage({ kind: "trouble", message, exitCode: 1 }));
  return {
    look: () => worker.postMessage("look"),
    reload: () => worker.postMessage("reload"),
    close: async () => {
      await worker.terminate();
    },
  };
}
