import { loadInventory } from "../../inventory/load.ts";
import { clusterOptions } from "../../lab/control-plane/cluster-options.ts";
import {
  askControlPlane,
  type ControlPlaneStatus,
  type KeepOptions,
  keepControlPlane,
} from "../../lab/control-plane/control.ts";
import { LabError } from "./lab-error.ts";
import type { LabOptions } from "./status.ts";

export interface ControlPlaneUpOptions extends LabOptions {
  nodes?: number | undefined;
  /** A cluster of the inventory: its nodes and storage classes instead of `nodes`. */
  cluster?: string | undefined;
  inventoryDirectory: () => string;
  cacheDirectory: string;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

/**
 * Starts a Kubernetes control plane in the background; one that runs already is left as it is.
 * @throws LabError when one of another size runs there; ControlPlaneError when this machine cannot have one;
 * InventoryError; an error with exit code 2 when the inventory has no such cluster.
 */
export async function labUpControlPlane(
  options: ControlPlaneUpOptions,
): Promise<{ status: ControlPlaneStatus; wasRunning: boolean }> {
  const { directory, cacheDirectory, signal, onProgress } = options;
  const shape = await shapeOf(options);
  const nodes = shape.pools?.reduce((sum, pool) => sum + pool.nodes, 0) ?? shape.nodes;
  const running = await askControlPlane(directory, { kind: "status" });
  if (running === undefined) {
    const status = await keepControlPlane({ directory, shape, cacheDirectory, signal, onProgress });
    return { status, wasRunning: false };
  }
  if (nodes === undefined || nodes === running.nodes) return { status: running, wasRunning: true };
  throw new LabError(
    "control-plane-of-another-size",
    `a control plane with ${running.nodes} nodes runs there already`,
    "stop it with `pdc lab down`, or keep this one elsewhere with --dir",
  );
}

async function shapeOf(options: ControlPlaneUpOptions): Promise<KeepOptions["shape"]> {
  const { nodes, cluster: id, inventoryDirectory, cacheDirectory } = options;
  if (id === undefined) return { nodes };
  const inventory = await loadInventory(inventoryDirectory(), { cacheDirectory });
  const cluster = inventory.clusters.get(id);
  if (cluster) return clusterOptions(cluster);
  throw Object.assign(new Error(`the inventory has no cluster ${id}`), {
    code: "unknown-cluster",
    exitCode: 2,
    fix: `--cluster one of ${[...inventory.clusters.keys()].join(", ") || "(it has none)"}`,
  });
}
