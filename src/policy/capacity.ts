/**
 * Does it fit? The pods of every environment of a cluster against what its nodes have for pods, also after the loss
 * of its largest node; quotas against use and against the cluster.
 */
import { bySystem, type Finding, type GateInput } from "./finding.ts";
import type { KubernetesObject, PlannedObject } from "./objects.ts";
import { type Bin, type Item, unplaced } from "./packing.ts";
import { coresText, cpuText, millicores, octets, octetsText } from "./quantity.ts";
import { type PodUse, podUse, totalUse } from "./use.ts";

export function capacityFindings(input: GateInput): Finding[] {
  return [
    ...nodeFindings(input),
    ...quotaSumFindings(input),
    ...storageFindings(input),
    ...quotaFindings(input),
  ];
}

interface Node extends Bin {
  pool: string;
}

function nodesOf({ cluster }: GateInput): Node[] {
  return cluster.pools.flatMap(({ name, nodes, cpu, memory, pods }) =>
    Array.from({ length: nodes }, () => ({ pool: name, cpu: millicores(cpu), memory: octets(memory), pods })),
  );
}

function usesOf(plan: GateInput["plan"]): PodUse[] {
  return plan.objects.map(({ object }) => podUse(object, plan.objects)).filter((use) => use !== undefined);
}

/** Pods are placed one by one, the largest first, as a scheduler could: sums hide that a large pod fits nowhere. */
function nodeFindings(input: GateInput): Finding[] {
  const { cluster, neighbours, environment } = input;
  const nodes = nodesOf(input).sort((a, b) => b.cpu - a.cpu || b.memory - a.memory);
  const at = { kind: "clusters", id: cluster.id, path: ["pools"] } as const;
  const uses = neighbours.flatMap(usesOf);
  const items = (most: boolean): Item[] =>
    uses.flatMap(({ object, pod, least, most: highest }) => {
      const name = `${object.metadata.namespace}/${object.metadata.name}`;
      const { cpu, memory } = pod;
      return Array.from({ length: most ? highest : least }, () => ({ name, cpu, memory }));
    });
  const least = items(false);
  if (nodes.length === 1 && environment.data === "real")
    return [
      {
        rule: "capacity/node-loss",
        severity: "mandatory",
        message: `cluster ${cluster.id} has one node: its loss stops everything`,
        remedy: "at least two nodes",
        at,
      },
    ];
  const all = unplaced(least, nodes);
  const sum = `${neighbours.length} environments ask for ${coresText(least.reduce((n, one) => n + one.cpu, 0))} cores and ${octetsText(least.reduce((n, one) => n + one.memory, 0))}`;
  const tell = (
    rule: string,
    severity: Finding["severity"],
    missing: readonly Item[],
    where: string,
  ): Finding => ({
    rule,
    severity,
    message: `${missing.length} pods fit on no node ${where}, the largest of ${missing[0]!.name} (${coresText(missing[0]!.cpu)} cores, ${octetsText(missing[0]!.memory)}); ${sum}`,
    remedy: "more or larger nodes, smaller requests, or a smaller environment (sizePercent, excludes)",
    at,
  });
  if (all.length > 0) return [tell("capacity/nodes", "mandatory", all, `of cluster ${cluster.id}`)];
  const survivors = nodes.slice(1);
  const lost = `once the largest node (${nodes[0]!.pool}) is lost`;
  const afterLoss = unplaced(least, survivors);
  if (afterLoss.length > 0) return [tell("capacity/node-loss", "mandatory", afterLoss, lost)];
  const atPeak = unplaced(items(true), survivors);
  return atPeak.length > 0
    ? [tell("capacity/peak", "advisory", atPeak, `${lost} while everything has grown to its most`)]
    : [];
}

/** What namespaces were promised, against what there is. */
function quotaSumFindings({ cluster, neighbours }: GateInput): Finding[] {
  const quotas = neighbours.flatMap(({ objects }) =>
    objects.filter(({ object }) => object.kind === "ResourceQuota"),
  );
  const total = (key: string, read: (text?: string) => number) =>
    quotas.reduce((sum, { object }) => sum + read(hardOf(object)[key]), 0);
  const findings: Finding[] = [];
  for (const [key, read, text, per] of [
    ["requests.cpu", millicores, (count: number) => `${coresText(count)} cores`, "cpu"],
    ["requests.memory", octets, (count: number) => `${octetsText(count)} of memory`, "memory"],
  ] as const) {
    const promised = total(key, read);
    const sizes = cluster.pools.map((pool) => ({ each: read(pool[per]), nodes: pool.nodes }));
    const have = sizes.reduce((sum, { each, nodes }) => sum + each * nodes, 0);
    const left = have - Math.max(...sizes.map(({ each }) => each));
    if (promised <= left) continue;
    findings.push({
      rule: "capacity/quotas",
      severity: promised > have ? "mandatory" : "advisory",
      message: `quotas on cluster ${cluster.id} promise ${text(promised)}; its nodes have ${text(have)}, ${text(left)} without one of the largest`,
      remedy: "lower quotas, a smaller environment, or more nodes",
      at: { kind: "clusters", id: cluster.id, path: ["pools"] },
    });
  }
  return findings;
}

function storageFindings({ cluster, neighbours }: GateInput): Finding[] {
  const wanted = new Map<string, number>();
  for (const { objects } of neighbours) {
    for (const { object } of objects) {
      const use = podUse(object, objects);
      const storageClass = classOf(object);
      if (use && storageClass) wanted.set(storageClass, (wanted.get(storageClass) ?? 0) + use.storage);
    }
  }
  return [...wanted].flatMap(([name, size]): Finding[] => {
    const index = cluster.storageClasses.findIndex((one) => one.name === name);
    const capacity = octets(cluster.storageClasses[index]?.capacity);
    if (index >= 0 && size <= capacity) return [];
    return [
      {
        rule: "capacity/storage",
        severity: "mandatory",
        message:
          index < 0
            ? `cluster ${cluster.id} has no storage class ${name}`
            : `disks of class ${name} come to ${octetsText(size)}, it has ${octetsText(capacity)}`,
        remedy: "name the class in the cluster with what it holds, or ask for less",
        at: {
          kind: "clusters",
          id: cluster.id,
          path: ["storageClasses", ...(index < 0 ? [] : [index, "capacity"])],
        },
      },
    ];
  });
}

/** A quota below what runs always refuses pods; one below a rollout or the most stops those. */
function quotaFindings({ plan, environment }: GateInput): Finding[] {
  return [...bySystem(plan)].flatMap(([system, objects]) => {
    const quota = objects.find(({ object }) => object.kind === "ResourceQuota");
    if (!quota) return [];
    const hard = hardOf(quota.object);
    const uses = objects.map(({ object }) => podUse(object, objects));
    const least = totalUse(uses, "least");
    const most = totalUse(uses, "most");
    const findings: Finding[] = [];
    for (const [key, limit, text, need, peak] of [
      ["requests.cpu", millicores(hard["requests.cpu"]), cpuText, least.cpu, most.cpu],
      ["requests.memory", octets(hard["requests.memory"]), octetsText, least.memory, most.memory],
      ["limits.memory", octets(hard["limits.memory"]), octetsText, least.memoryLimit, most.memoryLimit],
      ["requests.storage", octets(hard["requests.storage"]), octetsText, least.storage, most.storage],
      ["pods", octets(hard.pods), String, least.pods, most.pods],
    ] as const) {
      if (hard[key] === undefined || peak <= limit) continue;
      const isBelowUse = need > limit;
      findings.push({
        rule: isBelowUse ? "quota/below-use" : "quota/below-peak",
        severity: isBelowUse ? "mandatory" : "advisory",
        message: `${system} in ${environment.id}: quota ${key} ${text(limit)} is below ${text(isBelowUse ? need : peak)}, what it ${isBelowUse ? "uses always" : "uses when grown to its most while a version rolls out"}`,
        remedy: "raise the quota, or lower requests or replicas",
        ...quotaPlace(quota, environment, system, key),
      });
    }
    return findings;
  });
}

function quotaPlace(
  quota: PlannedObject,
  environment: GateInput["environment"],
  system: string,
  key: string,
): Pick<Finding, "at"> {
  const field = key.replace(/^(requests|limits)\./, "");
  const index = environment.quotas.findIndex((one) => one.system === system);
  if (index >= 0) return { at: { kind: "environments", id: environment.id, path: ["quotas", index, field] } };
  return { at: { ...quota.at, path: ["platform", "quota", field] } };
}

function hardOf(object: KubernetesObject): Record<string, string> {
  return (object.spec as { hard?: Record<string, string> } | undefined)?.hard ?? {};
}

function classOf(object: KubernetesObject): string | undefined {
  const spec = object.spec as {
    storageClassName?: string;
    storage?: { storageClass?: string };
    volumeClaimTemplates?: { spec?: { storageClassName?: string } }[];
  };
  if (object.kind === "PersistentVolumeClaim") return spec.storageClassName;
  return spec?.volumeClaimTemplates?.[0]?.spec?.storageClassName ?? spec?.storage?.storageClass;
}
