/** Kubernetes objects as plain data: the parts that plans write and rules read, in the API's own names. */
import type { InventoryPlace } from "../inventory/place.ts";

export type Labels = Record<string, string>;

export interface ObjectMetadata {
  name: string;
  /** Absent: the object belongs to the cluster. */
  namespace?: string;
  labels?: Labels;
  annotations?: Labels;
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMetadata;
  spec?: unknown;
  [field: string]: unknown;
}

export interface Resources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

export interface ContainerSecurity {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
  seccompProfile?: { type: string };
}

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  ports?: { name?: string; containerPort: number; protocol?: string; hostPort?: number }[];
  env?: { name: string; value?: string; valueFrom?: unknown }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  resources?: Resources;
  securityContext?: ContainerSecurity;
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean; subPath?: string }[];
  [field: string]: unknown;
}

export interface PodSpec {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  securityContext?: ContainerSecurity & { fsGroup?: number; fsGroupChangePolicy?: string };
  initContainers?: (Container & { restartPolicy?: string })[];
  containers: Container[];
  volumes?: { name: string; hostPath?: unknown; [source: string]: unknown }[];
  topologySpreadConstraints?: unknown[];
  [field: string]: unknown;
}

export interface PodTemplate {
  metadata?: { labels?: Labels; annotations?: Labels };
  spec: PodSpec;
}

/** Where a value of a Secret comes from; the value itself is in no plan. */
export type SecretReference =
  | { credential: string; field: "user" | "password" | "certificate" | "privateKey" }
  | { credential: string; field: "dockerConfig"; host: string };

/** An object of a plan and the line of the inventory that asked for it. */
export interface PlannedObject {
  object: KubernetesObject;
  at: InventoryPlace;
  /** The system it belongs to. */
  system: string;
  /** Of a Secret: key → where its value comes from. */
  values?: Readonly<Record<string, SecretReference>>;
  /** Of the system's own manifests: the file. */
  file?: string;
}

/** What one environment of the platform is made of. */
export interface PlatformPlan {
  environment: string;
  objects: readonly PlannedObject[];
}

/** "apps/v1/Deployment production-mot-cua/api", as people name an object. */
export function nameOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const { namespace, name } = metadata;
  return `${apiVersion}/${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** The pods an object makes: their template and how many at least and at most run at once (without a rollout). */
export function podTemplateOf(object: KubernetesObject): PodTemplate | undefined {
  const spec = object.spec as
    | { template?: PodTemplate; jobTemplate?: { spec?: { template?: PodTemplate } } }
    | undefined;
  switch (object.kind) {
    case "Pod":
      return { metadata: object.metadata, spec: object.spec as PodSpec };
    case "Deployment":
    case "StatefulSet":
    case "DaemonSet":
    case "ReplicaSet":
    case "Job":
      return spec?.template;
    case "CronJob":
      return spec?.jobTemplate?.spec?.template;
    default:
      return undefined;
  }
}
