/** What a system asks for in an environment: the inventory's sizes, scaled. */
import type { Cluster, Database, Environment, Quota, Workload } from "../../src/inventory/platform-model.ts";
import { cpuText, millicores, octets, octetsText } from "../../src/policy/quantity.ts";

const MEBI = 2 ** 20;
/** Below these a pod of any template does not start. */
const leastMillicores = 20;
const leastMemory = 64 * MEBI;
const leastStorage = 1024 * MEBI;

export function scaledCpu(cpu: string, { sizePercent }: Environment): string {
  return cpuText(Math.max(leastMillicores, Math.ceil((millicores(cpu) * sizePercent) / 100)));
}

export function scaledMemory(memory: string, { sizePercent }: Environment): string {
  return octetsText(Math.max(leastMemory, (octets(memory) * sizePercent) / 100));
}

export function scaledStorage(storage: string, { storagePercent }: Environment): string {
  return octetsText(Math.max(leastStorage, (octets(storage) * storagePercent) / 100));
}

/** A workload as the environment has it; `max` only where it may grow. */
export function sizedWorkload(workload: Workload, environment: Environment): Workload {
  const { min, max } = workload.replicas;
  const isSingle = environment.replicas === "single";
  return {
    ...workload,
    cpu: scaledCpu(workload.cpu, environment),
    memory: scaledMemory(workload.memory, environment),
    ...(workload.cpuLimit && { cpuLimit: scaledCpu(workload.cpuLimit, environment) }),
    ...(workload.storage && { storage: scaledStorage(workload.storage, environment) }),
    replicas: isSingle ? { min: 1 } : max !== undefined && max > min ? { min, max } : { min },
  };
}

export function sizedDatabase(database: Database, environment: Environment): Database {
  return {
    ...database,
    cpu: scaledCpu(database.cpu, environment),
    memory: scaledMemory(database.memory, environment),
    storage: scaledStorage(database.storage, environment),
    instances: environment.replicas === "single" ? 1 : database.instances,
  };
}

/** A system's quota in an environment: its own there, or the scaled one. Pods are counted, not scaled. */
export function sizedQuota(quota: Quota, system: string, environment: Environment): Quota {
  const own = environment.quotas.find((one) => one.system === system);
  if (own)
    return { cpu: own.cpu, memory: own.memory, pods: own.pods, ...(own.storage && { storage: own.storage }) };
  return {
    cpu: scaledCpu(quota.cpu, environment),
    memory: scaledMemory(quota.memory, environment),
    pods: quota.pods,
    ...(quota.storage && { storage: scaledStorage(quota.storage, environment) }),
  };
}

/** The class of a volume: the database's own, or the cluster's first. */
export function storageClassOf(cluster: Cluster, wanted?: string): string {
  return wanted ?? cluster.storageClasses[0]!.name;
}
