/** The keeper of a control plane, as seen by whoever asks it. */
import { fileURLToPath } from "node:url";
import { ask, socketPath } from "../keeper/socket.ts";
import { startKeeperProcess } from "../keeper/start-keeper.ts";
import { controlPlaneCacheDirectory, ensureBinaries } from "./binaries.ts";
import type { ControlPlaneOptions } from "./start-control-plane.ts";

export interface ControlPlaneStatus {
  directory: string;
  /** An administrator; give it to kubectl and to stacks. */
  kubeconfigPath: string;
  kubectlPath: string;
  server: string;
  kubernetesVersion: string;
  nodes: number;
  processId: number;
  startedAtMs: number;
}

export type ControlPlaneRequest = { kind: "status" } | { kind: "stop" };

const startPatienceMs = 180_000;
const keeperPath = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./keeper.ts" : "./keeper.js", import.meta.url),
);

/** Below the lab's directory, so that a province and a control plane can be kept in the same. */
export const controlPlaneSocket = (directory: string): string =>
  socketPath(directory, "control-plane/keeper.sock");

/** Asks the keeper; undefined when no control plane runs in this directory. */
export async function askControlPlane(
  directory: string,
  request: ControlPlaneRequest,
): Promise<ControlPlaneStatus | undefined> {
  return ask(controlPlaneSocket(directory), request);
}

export interface KeepOptions {
  /** The lab's. */
  directory: string;
  /** Nodes and storage classes. */
  shape: Pick<ControlPlaneOptions, "nodes" | "pools" | "storageClasses">;
  /** pdc's; the programs are below it. */
  cacheDirectory: string;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

/** Starts a control plane that outlives this process; builds its programs here first, where progress can be told. */
export async function keepControlPlane(options: KeepOptions): Promise<ControlPlaneStatus> {
  const { directory, shape, signal } = options;
  controlPlaneSocket(directory);
  const cacheDirectory = controlPlaneCacheDirectory(options.cacheDirectory);
  await ensureBinaries({ ...options, cacheDirectory });
  const args = [directory, JSON.stringify({ ...shape, cacheDirectory })];
  return startKeeperProcess({ path: keeperPath, args, directory, patienceMs: startPatienceMs, signal });
}
