/** Kinds of Kubernetes that own no other objects: they go at once, nothing of theirs has to go before. */
import { isBuiltInGroup, parseApiVersion } from "./resource-type.ts";

const leafKinds = new Set(
  [
    "APIService ClusterRole ClusterRoleBinding ConfigMap CustomResourceDefinition Endpoints HorizontalPodAutoscaler",
    "Ingress IngressClass LimitRange MutatingWebhookConfiguration Namespace NetworkPolicy PersistentVolume",
    "PersistentVolumeClaim Pod PodDisruptionBudget PriorityClass ResourceQuota Role RoleBinding RuntimeClass Secret",
    "Service ServiceAccount StorageClass ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
  ]
    .join(" ")
    .split(" "),
);

export function ownsNothing(apiVersion: string, kind: string): boolean {
  return isBuiltInGroup(parseApiVersion(apiVersion).group) && leafKinds.has(kind);
}
