/** Annotations by which a manifest talks to the provider; the names are the official provider's. */
import { annotationOf, apiVersionOf, type KubeObject, kindOf } from "./kube-object.ts";
import { ownsNothing } from "./leaf-kinds.ts";

export const annotations = {
  autonamed: "pulumi.com/autonamed",
  skipAwait: "pulumi.com/skipAwait",
  waitFor: "pulumi.com/waitFor",
  timeoutSeconds: "pulumi.com/timeoutSeconds",
  replaceUnready: "pulumi.com/replaceUnready",
  patchForce: "pulumi.com/patchForce",
  patchFieldManager: "pulumi.com/patchFieldManager",
  deletionPropagationPolicy: "pulumi.com/deletionPropagationPolicy",
} as const;

export function isAnnotated(object: KubeObject, name: string): boolean {
  return annotationOf(object, name) === "true";
}

/** Ten minutes, as the official provider waits. */
const DEFAULT_TIMEOUT_SECONDS = 600;

/** How long to wait for an object: the resource's own timeout, the annotation, or the default. In milliseconds. */
export function timeoutMsOf(object: KubeObject, timeoutSeconds: number): number {
  if (timeoutSeconds > 0) return timeoutSeconds * 1000;
  const annotated = Number(annotationOf(object, annotations.timeoutSeconds));
  return (annotated > 0 ? annotated : DEFAULT_TIMEOUT_SECONDS) * 1000;
}

export const propagationPolicies = ["Foreground", "Background", "Orphan"] as const;
export type PropagationPolicy = (typeof propagationPolicies)[number];

/**
 * How a deletion treats what the object owns: as annotated; else everything goes before the object itself does.
 * @throws when the annotation names no policy of Kubernetes
 */
export function propagationPolicyOf(object: KubeObject): PropagationPolicy {
  const named = annotationOf(object, annotations.deletionPropagationPolicy);
  if (named === undefined)
    return ownsNothing(apiVersionOf(object), kindOf(object)) ? "Background" : "Foreground";
  const policy = propagationPolicies.find((known) => known.toLowerCase() === named.toLowerCase());
  if (!policy)
    throw new Error(
      `${annotations.deletionPropagationPolicy} is "${named}"; it may be ${propagationPolicies.join(", ").toLowerCase()}`,
    );
  return policy;
}
