/**
 * Plain objects as resources of `@pulumi/kubernetes`. Its classes are loaded one by one as they are needed: sixteen of
 * them take 8 ms, the whole package twenty times as long. They are required, not imported: the declarations of every
 * version of every API would double the time of each type check, and what is in the arguments the API server checks.
 */
import { createRequire } from "node:module";
import type { CustomResourceOptions, Input, Resource } from "@pulumi/pulumi";
import type { KubernetesObject } from "../../src/policy/objects.ts";

type ResourceClass = new (
  name: string,
  args: Readonly<Record<string, Input<unknown>>>,
  options?: CustomResourceOptions,
) => Resource;

const require = createRequire(import.meta.url);

/** "apiVersion/kind" → module of the package that has the class; anything else is a custom resource. */
const modules: Readonly<Record<string, string>> = {
  "apps/v1/Deployment": "apps/v1/deployment",
  "apps/v1/StatefulSet": "apps/v1/statefulSet",
  "autoscaling/v2/HorizontalPodAutoscaler": "autoscaling/v2/horizontalPodAutoscaler",
  "batch/v1/CronJob": "batch/v1/cronJob",
  "batch/v1/Job": "batch/v1/job",
  "networking.k8s.io/v1/Ingress": "networking/v1/ingress",
  "networking.k8s.io/v1/NetworkPolicy": "networking/v1/networkPolicy",
  "policy/v1/PodDisruptionBudget": "policy/v1/podDisruptionBudget",
  "rbac.authorization.k8s.io/v1/Role": "rbac/v1/role",
  "rbac.authorization.k8s.io/v1/RoleBinding": "rbac/v1/roleBinding",
  "v1/ConfigMap": "core/v1/configMap",
  "v1/LimitRange": "core/v1/limitRange",
  "v1/Namespace": "core/v1/namespace",
  "v1/PersistentVolumeClaim": "core/v1/persistentVolumeClaim",
  "v1/ResourceQuota": "core/v1/resourceQuota",
  "v1/Secret": "core/v1/secret",
  "v1/Service": "core/v1/service",
  "v1/ServiceAccount": "core/v1/serviceAccount",
  "v1/ServiceAccountPatch": "core/v1/serviceAccountPatch",
};

/** Registers an object. `more` adds fields that no plan holds (values of secrets). */
export function registerObject(
  name: string,
  object: KubernetesObject,
  options: CustomResourceOptions,
  more: Readonly<Record<string, Input<unknown>>> = {},
): Resource {
  const Class = classOf(object);
  return new Class(name, { ...object, ...more }, options);
}

function classOf({ apiVersion, kind: ownKind, metadata }: KubernetesObject): ResourceClass {
  // The cluster makes the account "default" itself; it is only changed, and left when the system goes.
  const kind = ownKind === "ServiceAccount" && metadata.name === "default" ? "ServiceAccountPatch" : ownKind;
  const path = modules[`${apiVersion}/${kind}`];
  const module = require(`@pulumi/kubernetes/${path ?? "apiextensions/customResource"}.js`) as Readonly<
    Record<string, ResourceClass>
  >;
  return module[path === undefined ? "CustomResource" : kind]!;
}
