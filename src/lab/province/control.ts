/** The keeper of a province, as seen by whoever asks it. */
import { fileURLToPath } from "node:url";
import type { AgentCounters } from "../agent/definition.ts";
import type { FaultKind } from "../faults/types.ts";
import { ask, socketPath } from "../keeper/socket.ts";
import { startKeeperProcess } from "../keeper/start-keeper.ts";

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

/** Starting some hundred agents takes a few seconds on a busy machine. */
const startPatienceMs = 60_000;
const keeperPath = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./keeper.ts" : "./keeper.js", import.meta.url),
);

/** Asks the keeper; undefined when no lab runs in this directory. @throws with the keeper's message when it fails. */
export async function askKeeper(directory: string, request: KeeperRequest): Promise<LabStatus | undefined> {
  return ask(socketPath(directory), request);
}

/** Starts a keeper that outlives this process, and resolves when all its agents answer. */
export async function startKeeper(
  directory: string,
  inventoryDirectory: string,
  signal: AbortSignal,
): Promise<LabStatus> {
  const args = [directory, inventoryDirectory];
  return startKeeperProcess({ path: keeperPath, args, directory, patienceMs: startPatienceMs, signal });
}
