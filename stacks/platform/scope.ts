/** Where an object of a system goes: its namespace, its labels, the images and the line it comes from. */

import type { Inventory, System } from "../../src/inventory/model.ts";
import type { InventoryPlace } from "../../src/inventory/place.ts";
import type { Cluster, Environment, Platform } from "../../src/inventory/platform-model.ts";
import type { KubernetesObject, Labels, PlannedObject, SecretReference } from "../../src/policy/objects.ts";

/** One system in one environment. */
export interface Scope {
  inventory: Inventory;
  environment: Environment;
  cluster: Cluster;
  system: System;
  platform: Platform;
  namespace: string;
}

/** A system that the platform carries. */
export type HostedSystem = System & { platform: Platform };

/** The systems of an environment, in the inventory's order. */
export function hostedSystems(inventory: Inventory, environment: Environment): HostedSystem[] {
  return [...inventory.systems.values()].filter(
    (system): system is HostedSystem =>
      system.platform !== undefined && !environment.excludes.includes(system.id),
  );
}

export function namespaceOf(environment: Environment, system: string): string {
  return `${environment.id}-${system}`;
}

/** On every object: whose it is and what made it. */
export function systemLabels({ environment, system }: Scope): Labels {
  return {
    "app.kubernetes.io/part-of": system.id,
    "app.kubernetes.io/managed-by": "pdc",
    "pdc/environment": environment.id,
  };
}

/** What selects the pods of a workload; it never changes, since a selector cannot. */
export function podLabels(name: string): Labels {
  return { "app.kubernetes.io/name": name };
}

/** What network policies know the pods of a workload by; jobs of a system may share a workload's flows by it. */
export function flowLabels(name: string): Labels {
  return { "pdc/workload": name };
}

/** On every pod of a workload or database: whose it is, what selects it, what network policies know it by. */
export function labelsOfPods(scope: Scope, name: string): Labels {
  return { ...systemLabels(scope), ...podLabels(name), ...flowLabels(name) };
}

/** An object in the system's namespace with its labels. */
export function planned(
  scope: Scope,
  path: InventoryPlace["path"],
  object: KubernetesObject,
  values?: Readonly<Record<string, SecretReference>>,
): PlannedObject {
  const { metadata } = object;
  const isClusterWide = object.kind === "Namespace";
  const labelled: KubernetesObject = {
    ...object,
    metadata: {
      name: metadata.name,
      ...(!isClusterWide && { namespace: scope.namespace }),
      labels: { ...systemLabels(scope), ...metadata.labels },
      ...(metadata.annotations && { annotations: metadata.annotations }),
    },
  };
  const at: InventoryPlace = { kind: "systems", id: scope.system.id, ...(path && { path }) };
  return { object: labelled, at, system: scope.system.id, ...(values && { values }) };
}

/** The image of that id as a container names it; with its digest once it is locked for this very name. */
export function imageReference(inventory: Inventory, id: string): string {
  const reference = tagReference(inventory, id);
  const lock = inventory.digests.get(id);
  return lock?.reference === reference ? `${reference}@${lock.digest}` : reference;
}

/** A name in a system's own manifest, with its digest once an image of that name is locked. */
export function lockedReference(inventory: Inventory, reference: string): string {
  const lock = [...inventory.digests.values()].find((one) => one.reference === reference);
  return lock ? `${reference}@${lock.digest}` : reference;
}

/** "registry.example:5000/mot-cua/api:2.4.1". */
export function tagReference(inventory: Inventory, id: string): string {
  const image = inventory.images.get(id)!;
  return `${inventory.registries.get(image.registry)!.host}/${image.repository}:${image.tag}`;
}

/** The credential that stands for a name in an environment. */
export function credentialIn(inventory: Inventory, environment: Environment, credential: string): string {
  const own = `${environment.id}-${credential}`;
  return inventory.credentials.has(own) ? own : credential;
}
