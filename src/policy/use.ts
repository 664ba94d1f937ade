/** What the pods of a plan ask a cluster for: at least, at most, and while a new version rolls out. */
import { type Container, type KubernetesObject, type PlannedObject, podTemplateOf } from "./objects.ts";
import { millicores, octets } from "./quantity.ts";

export interface PodRequest {
  /** Thousandths of a core. */
  cpu: number;
  /** Octets. */
  memory: number;
  memoryLimit: number;
}

/** Pods of one object. */
export interface PodUse {
  object: KubernetesObject;
  pod: PodRequest;
  /** Pods that run always, at most (autoscaling), and further ones while it rolls out. */
  least: number;
  most: number;
  surge: number;
  /** Octets of claims, of all pods together at most. */
  storage: number;
}

/** The use of one object; its autoscaler is looked for among the others. No pods, no claim: undefined. */
export function podUse(object: KubernetesObject, others: readonly PlannedObject[]): PodUse | undefined {
  const spec = (object.spec ?? {}) as Spec;
  if (object.kind === "PersistentVolumeClaim")
    return {
      object,
      pod: { cpu: 0, memory: 0, memoryLimit: 0 },
      least: 0,
      most: 0,
      surge: 0,
      storage: octets(storageOf(spec)),
    };
  if (object.kind === "Cluster" && object.apiVersion.startsWith("postgresql.cnpg.io/")) {
    const pods = spec.instances ?? 1;
    const pod = { ...requestOf(spec.resources), memoryLimit: octets(spec.resources?.limits?.memory) };
    return { object, pod, least: pods, most: pods, surge: 0, storage: pods * octets(spec.storage?.size) };
  }
  const template = podTemplateOf(object);
  if (!template) return undefined;
  const pod = podRequest(template.spec.containers, template.spec.initContainers ?? []);
  switch (object.kind) {
    case "Deployment":
    case "StatefulSet":
    case "ReplicaSet": {
      const scaler = others.find(({ object: other }) => isScalerOf(other, object))?.object.spec as
        | Spec
        | undefined;
      const least = spec.replicas ?? scaler?.minReplicas ?? 1;
      const most = Math.max(least, scaler?.maxReplicas ?? 0);
      const claims = (spec.volumeClaimTemplates ?? []).map((claim) => octets(storageOf(claim.spec ?? {})));
      const storage = most * claims.reduce((sum, size) => sum + size, 0);
      return {
        object,
        pod,
        least,
        most,
        surge: object.kind === "Deployment" ? surgeOf(spec, most) : 0,
        storage,
      };
    }
    case "Job":
      return { object, pod, least: 0, most: spec.parallelism ?? 1, surge: 0, storage: 0 };
    case "CronJob":
      return { object, pod, least: 0, most: spec.jobTemplate?.spec?.parallelism ?? 1, surge: 0, storage: 0 };
    default:
      return { object, pod, least: 1, most: 1, surge: 0, storage: 0 };
  }
}

export interface Total {
  cpu: number;
  memory: number;
  memoryLimit: number;
  storage: number;
  pods: number;
}

/** Sums over uses: "least" what runs always, "rollout" that and one rollout of each at once, "most" all of it. */
export function totalUse(uses: readonly (PodUse | undefined)[], when: "least" | "rollout" | "most"): Total {
  const total: Total = { cpu: 0, memory: 0, memoryLimit: 0, storage: 0, pods: 0 };
  for (const use of uses) {
    if (!use) continue;
    const pods = (when === "most" ? use.most : use.least) + (when === "least" ? 0 : use.surge);
    total.pods += pods;
    total.cpu += pods * use.pod.cpu;
    total.memory += pods * use.pod.memory;
    total.memoryLimit += pods * use.pod.memoryLimit;
    total.storage += use.storage;
  }
  return total;
}

interface Spec {
  replicas?: number;
  instances?: number;
  minReplicas?: number;
  maxReplicas?: number;
  parallelism?: number;
  scaleTargetRef?: { kind: string; name: string };
  strategy?: { type?: string; rollingUpdate?: { maxSurge?: number | string } };
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  storage?: { size?: string };
  volumeClaimTemplates?: { spec?: Spec }[];
  jobTemplate?: { spec?: Spec };
}

function storageOf(spec: Spec): string | undefined {
  return spec.resources?.requests?.storage;
}

function requestOf(resources: Spec["resources"]) {
  const { requests, limits } = resources ?? {};
  return {
    // The API server takes a limit as the request when there is none.
    cpu: millicores(requests?.cpu ?? limits?.cpu),
    memory: octets(requests?.memory ?? limits?.memory),
  };
}

/**
 * What the scheduler counts for a pod: its containers and sidecars together, or the largest init container with the
 * sidecars started before it, whichever is more.
 */
function podRequest(
  containers: readonly Container[],
  initContainers: readonly (Container & { restartPolicy?: string })[],
): PodRequest {
  const sum: PodRequest = { cpu: 0, memory: 0, memoryLimit: 0 };
  const peak: PodRequest = { cpu: 0, memory: 0, memoryLimit: 0 };
  const each = (container: Container) => ({
    ...requestOf(container.resources),
    memoryLimit: octets(container.resources?.limits?.memory),
  });
  const keys = ["cpu", "memory", "memoryLimit"] as const;
  for (const container of initContainers) {
    const request = each(container);
    for (const key of keys) {
      if (container.restartPolicy === "Always") sum[key] += request[key];
      else peak[key] = Math.max(peak[key], sum[key] + request[key]);
    }
  }
  for (const container of containers) for (const key of keys) sum[key] += each(container)[key];
  for (const key of keys) sum[key] = Math.max(sum[key], peak[key]);
  return sum;
}

function isScalerOf(other: KubernetesObject, object: KubernetesObject): boolean {
  if (other.kind !== "HorizontalPodAutoscaler") return false;
  const target = (other.spec as Spec).scaleTargetRef;
  return (
    other.metadata.namespace === object.metadata.namespace &&
    target?.kind === object.kind &&
    target.name === object.metadata.name
  );
}

/** maxSurge: a number or percent of the pods, rounded up; 25 % when nothing is said. */
function surgeOf(spec: Spec, pods: number): number {
  if (spec.strategy?.type === "Recreate") return 0;
  const surge = spec.strategy?.rollingUpdate?.maxSurge ?? "25%";
  return typeof surge === "number" ? surge : Math.ceil((pods * Number.parseInt(surge, 10)) / 100);
}
