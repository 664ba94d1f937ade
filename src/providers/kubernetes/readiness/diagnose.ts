/** Why a workload is not up: what its pods, ReplicaSets and events tell. Asked for only when that is wanted to be known. */
import { isPlainObject, type PropertyMap } from "../../../engine/properties/values.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { type KubeObject, kindOf, nameOf, namespaceOf, uidOf } from "../objects/kube-object.ts";
import { conditionOf, listAt, mapAt, textAt } from "./verdict.ts";
import { isOver, podTrouble } from "./workload-rules.ts";

/** Lines for people; more of the same kind only repeat them. */
const MAX_REASONS = 5;

/** @returns lines, the most telling first; none when nothing could be found out */
export async function troubleOf(cluster: Cluster, object: KubeObject): Promise<string[]> {
  try {
    const [pods, replicaSets, events] = await Promise.all([
      kindOf(object) === "Pod" ? [object] : podsOf(cluster, object),
      kindOf(object) === "Deployment" ? list(cluster, "apps/v1", "ReplicaSet", object) : [],
      list(cluster, "v1", "Event", object),
    ]);
    return explain(object, { pods, replicaSets, events });
  } catch {
    // Whoever may not look gets the verdict without its reasons.
    return [];
  }
}

async function list(
  cluster: Cluster,
  apiVersion: string,
  kind: string,
  object: KubeObject,
  query: Record<string, string> = {},
): Promise<KubeObject[]> {
  const mapping = await cluster.discovery.find(apiVersion, kind);
  if (!mapping || namespaceOf(object) === "") return [];
  return (await cluster.objects.list(mapping, namespaceOf(object), { limit: "500", ...query })).items;
}

async function podsOf(cluster: Cluster, object: KubeObject): Promise<KubeObject[]> {
  const labels = mapAt(object, "spec", "selector", "matchLabels");
  if (Object.keys(labels).length === 0) return [];
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  return list(cluster, "v1", "Pod", object, { labelSelector });
}

export interface Surroundings {
  readonly pods: readonly KubeObject[];
  readonly replicaSets: readonly KubeObject[];
  readonly events: readonly KubeObject[];
}

/** The reasons, from what is around the object. */
export function explain(object: KubeObject, { pods, replicaSets, events }: Surroundings): string[] {
  const owned = replicaSets.filter((candidate) => isOwnedBy(candidate, object));
  const reasons = new Map<string, number>();
  const say = (reason: string | undefined) => {
    if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  };
  for (const replicaSet of owned) {
    const failure = conditionOf(replicaSet, "ReplicaFailure");
    if (failure?.status === "True") say(`pods cannot be made: ${failure.message}`);
  }
  for (const pod of pods) if (!isOver(pod)) say(podTrouble(pod));
  const concerned = new Set([object, ...owned, ...pods].map(uidOf));
  const warnings = events
    .filter((event) => textAt(event, "type") === "Warning")
    .filter((event) => concerned.has(textAt(event, "involvedObject", "uid")))
    .sort((a, b) => lastSeen(b).localeCompare(lastSeen(a)));
  for (const event of warnings) {
    const who = `${textAt(event, "involvedObject", "kind")} ${textAt(event, "involvedObject", "name")}`;
    // What a condition said already is not said again in an event's words.
    if ([...reasons.keys()].some((reason) => reason.includes(textAt(event, "message")))) continue;
    say(`${who}: ${textAt(event, "reason")}: ${textAt(event, "message").trim()}`);
  }
  return [...reasons]
    .slice(0, MAX_REASONS)
    .map(([reason, count]) => (count > 1 ? `${reason} (${count} times)` : reason));
}

function lastSeen(event: KubeObject): string {
  return textAt(event, "lastTimestamp") || textAt(event, "eventTime");
}

function isOwnedBy(object: KubeObject, owner: KubeObject): boolean {
  return listAt(object, "metadata", "ownerReferences").some(
    (reference) => isPlainObject(reference) && (reference as PropertyMap).uid === uidOf(owner),
  );
}

/** What holds a deletion up. */
export function heldBy(object: KubeObject): string {
  const finalizers = [
    ...listAt(object, "metadata", "finalizers"),
    ...listAt(object, "spec", "finalizers"),
  ].map(String);
  const told = listAt(object, "status", "conditions")
    .filter((condition) => textAt(condition, "status") === "True")
    .map((condition) => textAt(condition, "message"))
    .filter((message) => message !== "" && kindOf(object) === "Namespace");
  if (textAt(object, "metadata", "deletionTimestamp") === "")
    return `${nameOf(object)} is not marked for deletion`;
  const holding =
    finalizers.length > 0 ? `held by ${finalizers.join(", ")}` : "its dependents are being deleted";
  return [holding, ...told].join("; ");
}
