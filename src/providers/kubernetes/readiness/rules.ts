/** Which rule waits for which kind. */

import { annotations, isAnnotated } from "../objects/annotations.ts";
import { annotationOf, apiVersionOf, type KubeObject, kindOf } from "../objects/kube-object.ts";
import { parseApiVersion } from "../objects/resource-type.ts";
import { anyKind } from "./any-kind.ts";
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
  " ReplicationController": replicaSet,
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
 * The rule for an object: the one that `pulumi.com/waitFor` says, or its kind's; undefined when nothing is waited for.
 * @param awaitAll wait also for kinds that have no rule, by what their status says
 * @throws Error when the annotation cannot be understood
 */
export function ruleFor(object: KubeObject, awaitAll = false): ReadinessRule | undefined {
  if (isAnnotated(object, annotations.skipAwait)) return undefined;
  const waitFor = annotationOf(object, annotations.waitFor);
  if (waitFor !== undefined) return waitForRule(parseWaitFor(waitFor));
  const key = `${parseApiVersion(apiVersionOf(object)).group} ${kindOf(object)}`;
  if (Object.hasOwn(rules, key)) return rules[key];
  return awaitAll ? anyKind : undefined;
}
