/** Building programs from pinned Go modules: one process at a time, at low priority. */
import { spawn } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { ControlPlaneError } from "./control-plane-error.ts";

const lockPauseMs = 500;
const complaintLength = 2_000;

/** An exclusive SQLite transaction: the kernel ends it with its process, however that ends. */
export async function waitForLock(
  path: string,
  signal: AbortSignal | undefined,
  onWait: () => void,
): Promise<DatabaseSync> {
  const database = new DatabaseSync(path, { timeout: 0 });
  for (let isFirst = true; ; isFirst = false) {
    try {
      database.exec("BEGIN EXCLUSIVE");
      return database;
    } catch (error) {
      if (!/locked/.test((error as Error).message)) throw error;
    }
    if (isFirst) onWait();
    await sleep(lockPauseMs, undefined, { ...(signal && { signal }) });
  }
}

export interface GoBuild {
  /** With the go.mod. */
  readonly directory: string;
  /** What is built, for errors. */
  readonly what: string;
  /** Where what was built is kept. */
  readonly cacheDirectory: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs Go at low priority on a module whose versions are pinned. @throws ControlPlaneError with the end of what it says */
export function runGo(
  go: string,
  args: readonly string[],
  { directory, what, cacheDirectory, signal }: GoBuild,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("nice", ["-n", "10", go, ...args], {
      cwd: directory,
      env: {
        ...process.env,
        CGO_ENABLED: "0",
        GOFLAGS: "-mod=readonly",
        GOWORK: "off",
        GOTOOLCHAIN: "local",
      },
      stdio: ["ignore", "ignore", "pipe"],
      ...(signal && { signal }),
    });
    let complaint = "";
    child.stderr.on("data", (text) => {
      complaint = `${complaint}${text}`.slice(-complaintLength);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) return resolve();
      reject(
        new ControlPlaneError(
          "control-plane-build-failed",
          `${what} cannot be built: ${complaint.trim() || `go ended with code ${code}`}`,
          "Go needs its module proxy (GOPROXY) or a filled module cache once; or copy the cache directory of a machine " +
            `that has built it to ${cacheDirectory}`,
        ),
      );
    });
  });
}
