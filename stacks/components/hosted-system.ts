/** One system in one environment as a component: its frame first, then what runs in it. */
import { ComponentResource, type Resource, secret } from "@pulumi/pulumi";
import { nameOf, type PlannedObject, podTemplateOf } from "../../src/policy/objects.ts";
import { registerObject } from "./kubernetes-object.ts";

/** Values of a planned Secret by key, and the field they go to. */
export type SecretValues = Readonly<Record<string, string>>;

export interface HostedSystemArgs {
  objects: readonly PlannedObject[];
  /** Values of the objects that are Secrets. */
  secrets: ReadonlyMap<PlannedObject, SecretValues>;
  /** Namespace, databases and disks are not deleted before somebody unprotects them: with them goes the data. */
  holdsRealData: boolean;
}

export class HostedSystem extends ComponentResource {
  /** @param name the system's id. */
  constructor(name: string, { objects, secrets, holdsRealData }: HostedSystemArgs) {
    super("pdc:platform:System", name);
    let namespace: Resource | undefined;
    const frame: Resource[] = [];
    // Pods wait for policies, quota and secrets: none runs a moment without them.
    const [first, last] = [objects.filter((one) => !needsFrame(one)), objects.filter(needsFrame)];
    for (const planned of [...first, ...last]) {
      const { object } = planned;
      const isNamespace = object.kind === "Namespace";
      const values = secrets.get(planned);
      const dependsOn = needsFrame(planned) ? [namespace!, ...frame] : namespace ? [namespace] : [];
      const resource = registerObject(
        isNamespace ? name : `${name}/${object.metadata.name}`,
        object,
        { parent: this, dependsOn, ...(holdsRealData && holdsData(planned) && { protect: true }) },
        values && { stringData: secret(values) },
      );
      if (isNamespace) namespace = resource;
      else if (!needsFrame(planned)) frame.push(resource);
    }
    if (!namespace)
      throw new Error(`${name}: no namespace among ${objects.map((one) => nameOf(one.object))}`);
    this.registerOutputs({ objects: objects.length });
  }
}

/** Deleting a namespace deletes its claims, whatever they say. */
function holdsData({ object }: PlannedObject): boolean {
  const { volumeClaimTemplates } = (object.spec ?? {}) as { volumeClaimTemplates?: unknown[] };
  return (
    ["Namespace", "PersistentVolumeClaim", "Cluster"].includes(object.kind) ||
    (volumeClaimTemplates?.length ?? 0) > 0
  );
}

function needsFrame({ object }: PlannedObject): boolean {
  return podTemplateOf(object) !== undefined || object.apiVersion.startsWith("postgresql.cnpg.io/");
}
