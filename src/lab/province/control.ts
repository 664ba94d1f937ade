/** Speaking to the keeper of a lab: one JSON line there, one back, over the socket in the lab's directory. */
import { fork } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AgentCounters } from "../agent/definition.ts";
import type { FaultKind } from "../faults/types.ts";

export interface LabStatus {
  directory: string;
  /** Give this one to `pdc poll --inventory`. */
  inventoryDirectory: string;
  sourceInventory: string;
  processId: number;
  startedAtMs: number;
  devices: number;
  /** Devices of the inventory that the lab cannot play. */
  missing: readonly string[];
  /** Kinds of faults that were let loose; to what they happened is not told here. */
  faults: readonly FaultKind[];
  counters: AgentCounters;
}

export type KeeperRequest = { kind: "status" } | { kind: "stop" } | { kind: "faults"; seed: number };
export type KeeperReply = { ok: true; status: LabStatus } | { ok: false; message: string };

const maxLineOctets = 1 << 20;
/** Starting some hundred agents takes a few seconds on a busy machine. */
const startPatienceMs = 60_000;
const replyPatienceMs = 10_000;
const keeperPath = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./keeper.ts" : "./keeper.js", import.meta.url),
);

/** sun_path of a Unix socket takes 104 octets with its end on the BSDs, 108 on Linux. */
const longestSocketPath = 103;

/** The directory cannot hold a keeper's socket (exit code 22). */
class LabDirectoryError extends Error {
  readonly exitCode = 22;
  readonly code = "path-too-long";
  readonly fix = "keep the lab in a directory with a shorter path: --dir DIR";
}

/** Where the keeper of the lab in this directory listens. @throws LabDirectoryError when a socket cannot be there. */
export function socketPath(directory: string): string {
  const path = join(directory, "keeper.sock");
  if (Buffer.byteLength(path) > longestSocketPath) {
    throw new LabDirectoryError(`${directory} is too long a path for a socket in it`);
  }
  return path;
}

/** The first line that comes over a connection, without its end. @throws when there is none, or it is too long. */
export async function readLine(connection: Socket): Promise<string> {
  let text = "";
  connection.setEncoding("utf8");
  for await (const chunk of connection.iterator({ destroyOnReturn: false })) {
    text += chunk;
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
    if (text.length > maxLineOctets) break;
  }
  throw new Error("the lab's keeper did not answer with a line");
}

/** Asks the keeper; undefined when no lab runs in this directory. @throws with the keeper's message when it fails. */
export async function askKeeper(directory: string, request: KeeperRequest): Promise<LabStatus | undefined> {
  const connection = connect(socketPath(directory));
  connection.setTimeout(replyPatienceMs, () =>
    connection.destroy(new Error("the lab's keeper does not answer")),
  );
  try {
    await new Promise<void>((resolve, reject) => connection.once("connect", resolve).once("error", reject));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTDIR") return undefined;
    throw error;
  }
  try {
    connection.write(`${JSON.stringify(request)}\n`);
    const reply = JSON.parse(await readLine(connection)) as KeeperReply;
    if (!reply.ok) throw new Error(reply.message);
    return reply.status;
  } finally {
    connection.destroy();
  }
}

/** Starts a keeper that outlives this process, and resolves when all its agents answer. */
export async function startKeeper(
  directory: string,
  inventoryDirectory: string,
  signal: AbortSignal,
): Promise<LabStatus> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const child = fork(keeperPath, [directory, inventoryDirectory], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: [],
  });
  const giveUp = AbortSignal.any([signal, AbortSignal.timeout(startPatienceMs)]);
  try {
    const reply = await new Promise<KeeperReply>((resolve, reject) => {
      child.once("message", (message) => resolve(message as KeeperReply));
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`the lab's keeper ended with code ${code}`)));
      giveUp.addEventListener("abort", () => reject(giveUp.reason), { once: true });
      giveUp.throwIfAborted();
    });
    if (!reply.ok) throw new Error(reply.message);
    return reply.status;
  } catch (error) {
    child.kill("SIGTERM");
    throw error;
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}
