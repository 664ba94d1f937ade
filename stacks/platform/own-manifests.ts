/** A system's own manifests, taken into its frame: its namespace, its labels, no account token, no way around it. */
import type { KubernetesObject, PlannedObject } from "../../src/policy/objects.ts";
import { nameOf, podTemplateOf } from "../../src/policy/objects.ts";
import { faultOf } from "./manifest-shape.ts";
import { hardened, pullSecrets } from "./pod.ts";
import { flowLabels, lockedReference, planned, type Scope, systemLabels } from "./scope.ts";

/** An object of a file of `manifests/<folder>/`. */
export interface OwnManifest {
  /** Relative to the inventory. */
  file: string;
  line: number;
  object: unknown;
}

/** What a system may bring itself. The frame (namespace, quota, policies, roles) is not for it to bring. */
const allowed: Readonly<Record<string, string>> = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  Job: "batch/v1",
  CronJob: "batch/v1",
  Service: "v1",
  ConfigMap: "v1",
  PersistentVolumeClaim: "v1",
  ServiceAccount: "v1",
  Ingress: "networking.k8s.io/v1",
  HorizontalPodAutoscaler: "autoscaling/v2",
  PodDisruptionBudget: "policy/v1",
};

/** Something a manifest may not be; exit code 22, at its line. */
export class ManifestError extends Error {
  readonly code = "bad-manifest";
  readonly exitCode = 22;
  readonly target: string;
  readonly fix: string;
  constructor(file: string, line: number, message: string, fix: string) {
    super(`${file}:${line}: ${message}`);
    this.name = "ManifestError";
    this.target = `${file}:${line}`;
    this.fix = fix;
  }
}

/** @throws {ManifestError} for an object that is no manifest or does not belong here. */
export function adoptManifests(
  scope: Scope,
  manifests: readonly OwnManifest[],
  others: readonly PlannedObject[],
): PlannedObject[] {
  const names = new Set(others.map(({ object }) => nameOf(object)));
  return manifests.map((manifest) => {
    const one = planned(scope, ["platform", "manifests"], adopted(scope, manifest));
    const name = nameOf(one.object);
    if (names.has(name))
      throw new ManifestError(
        manifest.file,
        manifest.line,
        `the system has a ${name} already`,
        "another name, or leave it to the workload of that name",
      );
    names.add(name);
    return { ...one, file: `${manifest.file}:${manifest.line}` };
  });
}

function adopted(scope: Scope, { file, line, object }: OwnManifest): KubernetesObject {
  const refuse = (message: string, fix: string) => new ManifestError(file, line, message, fix);
  if (!isObject(object))
    throw refuse("not a Kubernetes object", "it needs apiVersion, kind and metadata.name");
  const { apiVersion, kind, metadata } = object;
  if (allowed[kind] !== apiVersion)
    throw refuse(
      `${apiVersion} ${kind} is not for a system to bring`,
      `allowed: ${Object.entries(allowed)
        .map(([name, version]) => `${version} ${name}`)
        .join(", ")}; secrets come from credentials, network flows from the exchange map`,
    );
  if (metadata.namespace !== undefined && metadata.namespace !== scope.namespace)
    throw refuse(`namespace ${metadata.namespace}`, "leave the namespace out: each environment has its own");
  const misshapen = faultOf(object);
  if (misshapen) throw refuse(`${kind} ${metadata.name}: ${misshapen.what}`, misshapen.fix);
  const copy = structuredClone(object);
  const template = podTemplateOf(copy);
  if (template) {
    const name = template.metadata?.labels?.[nameLabel];
    if (name !== undefined && taken(scope).includes(name))
      throw refuse(
        `its pods would be counted among those of ${name} (label ${nameLabel})`,
        `another name; the label ${Object.keys(flowLabels(name))[0]}: ${name} gives them the network flows of ${name}`,
      );
    template.metadata = {
      ...template.metadata,
      labels: { ...systemLabels(scope), ...template.metadata?.labels },
    };
    const { spec } = template;
    spec.automountServiceAccountToken = false;
    Object.assign(spec, { ...pullSecrets(scope), ...spec });
    // Without it Pod Security would refuse the pod; what the manifest says itself stays.
    spec.securityContext = {
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
      ...spec.securityContext,
    };
    for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
      container.image = lockedReference(scope.inventory, container.image);
      container.securityContext = {
        ...hardened,
        capabilities: { drop: [...hardened.capabilities.drop] },
        ...container.securityContext,
      };
    }
  }
  return copy;
}

const nameLabel = "app.kubernetes.io/name";

/** Names whose pods services, budgets and controllers of the system select. */
function taken({ platform }: Scope): string[] {
  return [...platform.workloads, ...platform.databases].map(({ name }) => name);
}

function isObject(value: unknown): value is KubernetesObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { apiVersion, kind, metadata } = value as Partial<KubernetesObject>;
  return typeof apiVersion === "string" && typeof kind === "string" && typeof metadata?.name === "string";
}
