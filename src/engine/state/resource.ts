import type { PropertyMap, PropertyValue } from "../properties/values.ts";
import type { Urn } from "../urn/urn.ts";

/** Seconds; 0 or absent: the provider's own limit. */
export interface Timeouts {
  create?: number;
  update?: number;
  delete?: number;
  read?: number;
}

/**
 * A resource as the state holds it. Secrets in `inputs` and `outputs` are open here; they are sealed when
 * written. Times are RFC 3339 in UTC. Absent and empty mean the same.
 */
export interface ResourceState {
  urn: Urn;
  type: string;
  custom: boolean;
  /** the provider's identifier; empty for components and what does not exist yet */
  id: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
  parent: Urn;
  /** to be deleted: it was replaced, and its object still exists */
  delete: boolean;
  protect: boolean;
  taint: boolean;
  /** only read, never changed or deleted */
  external: boolean;
  dependencies: Urn[];
  initErrors: string[];
  /** `<provider urn>::<id>`; empty for components and providers */
  provider: string;
  propertyDependencies: Record<string, Urn[]>;
  /** deleted ahead of its replacement, which is still missing */
  pendingReplacement: boolean;
  additionalSecretOutputs: string[];
  aliases: Urn[];
  customTimeouts: Timeouts;
  importID: string;
  retainOnDelete: boolean;
  deletedWith: Urn;
  replaceWith: Urn[];
  created?: string | undefined;
  modified?: string | undefined;
  sourcePosition?: string | undefined;
  stackTrace?: unknown;
  ignoreChanges: string[];
  hideDiff: string[];
  replaceOnChanges: string[];
  replacementTrigger?: PropertyValue | undefined;
  refreshBeforeUpdate: boolean;
  viewOf: Urn;
  resourceHooks: Record<string, string[]>;
  /** keys that this engine does not know; kept as they are */
  unknownKeys?: Record<string, unknown> | undefined;
}

/** A resource with everything at rest but what is given. */
export function makeResource(
  given: Partial<ResourceState> & Pick<ResourceState, "urn" | "type">,
): ResourceState {
  return {
    custom: false,
    id: "",
    inputs: {},
    outputs: {},
    parent: "",
    delete: false,
    protect: false,
    taint: false,
    external: false,
    dependencies: [],
    initErrors: [],
    provider: "",
    propertyDependencies: {},
    pendingReplacement: false,
    additionalSecretOutputs: [],
    aliases: [],
    customTimeouts: {},
    importID: "",
    retainOnDelete: false,
    deletedWith: "",
    replaceWith: [],
    ignoreChanges: [],
    hideDiff: [],
    replaceOnChanges: [],
    refreshBeforeUpdate: false,
    viewOf: "",
    resourceHooks: {},
    ...given,
  };
}

/** Everything that a resource refers to, each with what kind of reference it is. */
export interface Reference {
  readonly kind: "parent" | "dependency" | "property" | "deletedWith" | "replaceWith";
  readonly urn: Urn;
  readonly property?: string;
}

/** References to other resources but the provider. */
export function referencesOf(resource: ResourceState): Reference[] {
  const references: Reference[] = [];
  if (resource.parent) references.push({ kind: "parent", urn: resource.parent });
  for (const urn of resource.dependencies) if (urn) references.push({ kind: "dependency", urn });
  for (const [property, urns] of Object.entries(resource.propertyDependencies))
    for (const urn of urns) if (urn) references.push({ kind: "property", urn, property });
  if (resource.deletedWith) references.push({ kind: "deletedWith", urn: resource.deletedWith });
  for (const urn of resource.replaceWith) if (urn) references.push({ kind: "replaceWith", urn });
  return references;
}

/** An operation that had begun when the state was written. */
export interface PendingOperation {
  readonly resource: ResourceState;
  readonly type: "creating" | "updating" | "deleting" | "reading" | "importing";
}
