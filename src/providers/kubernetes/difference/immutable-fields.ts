/**
 * Fields whose change makes a new object, as the official provider documents them, less those that Kubernetes
 * changes in place today: of these a dry run tells whether this server does.
 */
import { parseApiVersion } from "../objects/resource-type.ts";

type Fields = readonly string[];

const selector = ["spec.selector"];

const containerFields = [
  "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources securityContext",
  "startupProbe stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts",
  "workingDir",
]
  .join(" ")
  .split(" ");

const podFields = [
  "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork",
  "hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName",
  "readinessGates restartPolicy runtimeClassName schedulerName securityContext serviceAccount serviceAccountName",
  "shareProcessNamespace subdomain terminationGracePeriodSeconds volumes",
]
  .join(" ")
  .split(" ");

const volumeSources = [
  "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs",
  "hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume",
]
  .join(" ")
  .split(" ");

const claimFields =
  "accessModes selector storageClassName volumeName volumeMode dataSource dataSourceRef".split(" ");

/** By `<group> <Kind>`; the fields are the same in all versions that are still served. */
const table: Readonly<Record<string, Fields>> = {
  " ConfigMap": ["data", "binaryData"],
  " Secret": ["type", "data", "stringData"],
  " PersistentVolume": volumeSources.map((source) => `spec.${source}`),
  " PersistentVolumeClaim": claimFields.map((field) => `spec.${field}`),
  " Pod": [
    ...podFields.map((field) => `spec.${field}`),
    ...["containers", "initContainers"].flatMap((list) =>
      containerFields.map((field) => `spec.${list}[*].${field}`),
    ),
  ],
  " ResourceQuota": ["spec.scopes"],
  " Service": ["spec.clusterIP"],
  "apps DaemonSet": selector,
  "apps Deployment": selector,
  "apps StatefulSet": [
    ...selector,
    "spec.podManagementPolicy",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch Job": [...selector, "spec.completions", "spec.template"],
  "rbac.authorization.k8s.io ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io RoleBinding": ["roleRef"],
  "storage.k8s.io StorageClass": ["parameters", "provisioner"],
};

/** An object's identity; also a patch of another object is another patch. */
const identity: Fields = ["metadata.name", "metadata.namespace"];

export interface MutabilityOptions {
  readonly isPatch: boolean;
  /** `enableConfigMapMutable` */
  readonly configMapsChange: boolean;
  /** `enableSecretMutable` */
  readonly secretsChange: boolean;
  /** the object says `immutable: true`, now or before */
  readonly isSealed: boolean;
}

/** Paths whose change replaces the object; `[*]` stands for any element. */
export function replacingFields(apiVersion: string, kind: string, options: MutabilityOptions): Fields {
  if (options.isPatch) return identity;
  const key = `${parseApiVersion(apiVersion).group} ${kind}`;
  const fields = Object.hasOwn(table, key) ? (table[key] ?? []) : [];
  if (key === " ConfigMap" && options.configMapsChange && !options.isSealed) return identity;
  if (key === " Secret" && options.secretsChange && !options.isSealed) return [...identity, "type"];
  return [...identity, ...fields];
}
