/** A cluster of the inventory as a control plane of the lab: as many nodes of the same size, the same storage classes. */
import type { Cluster } from "../../inventory/platform-model.ts";
import { defaultAllocatable } from "./cluster-objects.ts";
import type { ControlPlaneOptions } from "./start-control-plane.ts";

export function clusterOptions(cluster: Cluster): Pick<ControlPlaneOptions, "pools" | "storageClasses"> {
  return {
    pools: cluster.pools.map(({ name, nodes, cpu, memory, pods }) => ({
      name,
      nodes,
      allocatable: { ...defaultAllocatable, cpu, memory, pods: String(pods) },
    })),
    storageClasses: cluster.storageClasses.map(({ name }) => name),
  };
}
