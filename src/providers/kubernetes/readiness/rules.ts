/** Which rule waits for which kind. */

import { annotations, isAnnotated } from "../objects/annotations.ts";
import { annotationOf, apiVersionOf, type KubeObject, kindOf } from "../objects/kube-object.ts";
import { parseApiVersion } from "../objects/resource-type.ts";
import {
  customResourceDefinition,
  ingress,
  namespace,
  persistentVolume,
  persistentVolumeClaim,
  resourceQuota,
  secret,
  service,
} from "./resource-rules.ts";
import type { ReadinessRule } from "./verdict.ts";
import { parseWaitFor, waitForRule } from "./wait-for.ts";
import { daemonSet, deployment, job, pod, replicaSet, statefulSet } from "./workload-rules.ts";

/** By `<group> <Kind>`. */
const rules: Readonly<Record<string, ReadinessRule>> = {
  "apps Deployment": deployment,
  "apps ReplicaSet": replicaSet,
  "apps StatefulSet": statefulSet,
  "apps DaemonSet": daemonSet,
  "batch Job": job,
  " Pod": pod,
  " PersistentVolume": persistentVolume,
  " PersistentVolumeClaim": persistentVolumeClaim,
  " Service": service,
  " Namespace": namespace,
  " ResourceQuota": resourceQuota,
  " Secret": secret,
  "networking.k8s.io Ingress": ingress,
  "apiextensions.k8s.io CustomResourceDefinition": customResourceDefinition,
};

/**
 * The rule for an object: its kind's, or the one that `pulumi.com/waitFor` says; undefined when nothing is
 * waited for.
 * @throws Error when the annotation cannot be understood
 */
export function ruleFor(object: KubeObject): ReadinessRule | undefined {
  if (isAnnotated(object, annotations.skipAwait)) return undefined;
  const waitFor = annotationOf(object, annotations.waitFor);
  if (waitFor !== undefined) return waitForRule(parseWaitFor(waitFor));
  const key = `${parseApiVersion(apiVersionOf(object)).group} ${kindOf(object)}`;
  return Object.hasOwn(rules, key) ? rules[key] : undefined;
}
