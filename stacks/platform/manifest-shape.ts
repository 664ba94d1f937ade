/** Whether a system's own manifest has the shape that the plan and its rules read; the API server judges the rest. */
import { type KubernetesObject, podTemplateOf } from "../../src/policy/objects.ts";

export interface Fault {
  what: string;
  fix: string;
}

const workloads: readonly string[] = ["Deployment", "StatefulSet", "Job", "CronJob"];
const withoutSpec: readonly string[] = ["ConfigMap", "ServiceAccount"];
const listsOfPod = ["containers", "initContainers", "volumes", "imagePullSecrets"] as const;
const listsOfContainer = ["ports", "env", "envFrom", "volumeMounts", "command", "args"] as const;

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What the API server would refuse, where it can be told from here. */
export function faultOf(object: KubernetesObject): Fault | undefined {
  const { kind, metadata, spec } = object;
  if (!/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(metadata.name))
    return { what: "its name is no name of Kubernetes", fix: "lower-case letters, digits, hyphens and dots" };
  if (kind === "ConfigMap") return faultOfData(object.data);
  if (!withoutSpec.includes(kind) && !isMap(spec))
    return { what: "it has no spec", fix: `spec: what the ${kind} is` };
  if (workloads.includes(kind)) return faultOfPods(object);
  if (kind === "Ingress") {
    const { rules = [] } = spec as { rules?: unknown };
    const isSound =
      Array.isArray(rules) &&
      rules.every((rule) => isMap(rule) && (!isMap(rule.http) || Array.isArray(rule.http.paths ?? [])));
    return isSound
      ? undefined
      : { what: "its rules are no list of rules with paths", fix: "spec.rules[].http.paths[]" };
  }
  return undefined;
}

function faultOfData(data: unknown): Fault | undefined {
  if (data === undefined || data === null) return undefined;
  if (!isMap(data)) return { what: "data is no map", fix: "data: { NAME: text }" };
  const other = Object.entries(data).find(([, value]) => typeof value !== "string");
  return (
    other && { what: `data.${other[0]} is ${JSON.stringify(other[1])}, no text`, fix: "put it in quotes" }
  );
}

function faultOfPods(object: KubernetesObject): Fault | undefined {
  const path = `spec.${object.kind === "CronJob" ? "jobTemplate.spec." : ""}template.spec`;
  const pod: unknown = podTemplateOf(object)?.spec;
  if (!isMap(pod) || !Array.isArray(pod.containers) || pod.containers.length === 0)
    return { what: "it has no containers", fix: `${path}.containers: a list of at least one` };
  const wrong = wrongList(pod, listsOfPod);
  if (wrong) return { what: `${path}.${wrong} is no list`, fix: "a list, each with a name" };
  for (const container of [...pod.containers, ...((pod.initContainers as unknown[]) ?? [])]) {
    if (!isMap(container) || typeof container.name !== "string" || typeof container.image !== "string")
      return { what: "a container has no name or no image", fix: "name and image for each" };
    const list = wrongList(container, listsOfContainer);
    if (list) return { what: `${list} of container ${container.name} is no list`, fix: "a list" };
  }
  return undefined;
}

function wrongList(map: Record<string, unknown>, names: readonly string[]): string | undefined {
  return names.find((name) => map[name] !== undefined && map[name] !== null && !Array.isArray(map[name]));
}
