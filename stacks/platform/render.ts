/** A plan as files for review, GitOps or `kubectl apply -R -f DIR`: one object a file, always the same text. Pure. */
import type { Cluster } from "../../src/inventory/platform-model.ts";
import {
  type KubernetesObject,
  nameOf,
  type PlannedObject,
  type SecretReference,
} from "../../src/policy/objects.ts";
import { kubernetesYaml } from "../../src/providers/kubernetes/objects/kubernetes-yaml.ts";

export interface RenderedFile {
  /** "mot-cua/50-deployment-api.yaml". */
  path: string;
  text: string;
  /** Of a Secret: it holds no value; these credentials do. */
  credentials?: readonly string[];
}

/** What must be there first stands first; `kubectl` reads the files of a folder by name. */
const ranks: Readonly<Record<string, number>> = {
  Namespace: 0,
  ResourceQuota: 10,
  LimitRange: 10,
  ServiceAccount: 20,
  Role: 20,
  RoleBinding: 25,
  NetworkPolicy: 30,
  ConfigMap: 40,
  Secret: 40,
  Certificate: 45,
  PersistentVolumeClaim: 45,
  Service: 50,
  Cluster: 55,
  StatefulSet: 60,
  Deployment: 65,
  Job: 70,
  CronJob: 70,
  HorizontalPodAutoscaler: 80,
  PodDisruptionBudget: 80,
  Ingress: 90,
  HTTPRoute: 90,
  PodMonitor: 90,
};
const lastRank = 95;

/** Files in the order of their names. Secrets become references; see `secretFile`. */
export function renderObjects(objects: readonly PlannedObject[], cluster: Cluster): RenderedFile[] {
  return objects
    .map((planned): RenderedFile => {
      const { object, system } = planned;
      const rank = String(ranks[object.kind] ?? lastRank).padStart(2, "0");
      const path = `${system}/${rank}-${object.kind.toLowerCase()}-${object.metadata.name}.yaml`;
      if (!planned.values) return { path, text: kubernetesYaml(object) };
      const credentials = [...new Set(Object.values(planned.values).map((one) => one.credential))];
      return { path, text: secretFile(object, planned.values, cluster), credentials };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * A Secret as a file without its values: an ExternalSecret where that operator and a store are there; else a comment
 * that says how to make it. A Secret with empty values would overwrite the real one.
 */
function secretFile(
  object: KubernetesObject,
  values: Readonly<Record<string, SecretReference>>,
  cluster: Cluster,
): string {
  if (cluster.operators.includes("external-secrets") && cluster.secretStore !== undefined)
    return kubernetesYaml(externalSecret(object, values, cluster.secretStore));
  const { name, namespace } = object.metadata;
  const keys = Object.entries(values).map(
    ([key, { credential, field }]) => `#   ${key}: ${field} of credential ${credential}`,
  );
  const files = Object.keys(values).map((key) => `--from-file=${key}=FILE`);
  return [
    `# ${nameOf(object)} (type ${object.type})`,
    "# This file holds no values and applies nothing. `pdc stack up` makes the secret from the inventory's credentials:",
    ...keys,
    "# By hand, with the values in files that only you may read:",
    `#   kubectl create secret generic ${name} --namespace ${namespace} --type ${object.type} ${files.join(" ")}`,
    "",
  ].join("\n");
}

function externalSecret(
  object: KubernetesObject,
  values: Readonly<Record<string, SecretReference>>,
  store: string,
): KubernetesObject {
  const entries = Object.entries(values);
  const docker = entries.find(([, { field }]) => field === "dockerConfig");
  const data = docker
    ? (["user", "password"] as const).map((property) => remote(property, docker[1].credential, property))
    : entries.map(([key, { credential, field }]) => remote(key, credential, field));
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: object.metadata,
    spec: {
      secretStoreRef: { kind: "ClusterSecretStore", name: store },
      target: {
        name: object.metadata.name,
        template: { type: object.type, ...(docker && { data: dockerTemplate(docker[0], docker[1]) }) },
      },
      data,
    },
  };
}

function remote(secretKey: string, credential: string, property: string): object {
  return { secretKey, remoteRef: { key: credential, property } };
}

function dockerTemplate(key: string, reference: SecretReference): Record<string, string> {
  const host = reference.field === "dockerConfig" ? reference.host : "";
  const auth = { username: "{{ .user }}", password: "{{ .password }}" };
  return { [key]: JSON.stringify({ auths: { [host]: auth } }) };
}
