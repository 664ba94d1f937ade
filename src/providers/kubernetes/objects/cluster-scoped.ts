/** Kinds of Kubernetes itself that are in no namespace: known without asking, so a preview works without a server. */
import { isBuiltInGroup, parseApiVersion } from "./resource-type.ts";

const clusterScoped = new Set(
  [
    "APIService CSIDriver CSINode CertificateSigningRequest ClusterRole ClusterRoleBinding ClusterTrustBundle",
    "ComponentStatus CustomResourceDefinition DeviceClass DeviceTaintRule FlowSchema IPAddress IngressClass",
    "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration Namespace Node",
    "PersistentVolume PodSecurityPolicy PriorityClass PriorityLevelConfiguration ResourceSlice RuntimeClass",
    "SelfSubjectAccessReview SelfSubjectReview SelfSubjectRulesReview ServiceCIDR StorageClass StorageVersion",
    "StorageVersionMigration SubjectAccessReview TokenReview ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment VolumeAttributesClass",
  ]
    .join(" ")
    .split(" "),
);

/** Groups below `k8s.io` that extensions bring along, not Kubernetes. */
const extensionGroups = new Set(["gateway.networking.k8s.io", "metrics.k8s.io", "snapshot.storage.k8s.io"]);

/** Whether a kind lives in namespaces; undefined for kinds that are not Kubernetes' own. */
export function isNamespacedBuiltIn(apiVersion: string, kind: string): boolean | undefined {
  const { group } = parseApiVersion(apiVersion);
  if (!isBuiltInGroup(group) || group.endsWith(".x-k8s.io") || extensionGroups.has(group)) return undefined;
  return !clusterScoped.has(kind);
}
