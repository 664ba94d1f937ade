import {
  makeUrn,
  nameOf,
  parseProviderReference,
  parseUrn,
  providerReference,
  qualifiedTypeOf,
  ROOT_STACK_TYPE,
  typeOf,
  type Urn,
} from "../urn/urn.ts";
import type { ResourceState } from "./resource.ts";

/**
 * Writes resources under their new names: whatever refers to an old URN of an aliased resource refers to the
 * new one, children that were not registered in this run follow their renamed parent, and `aliases` is dropped.
 * The list is returned as it is when nothing was renamed.
 */
export function normalizeUrns(resources: readonly ResourceState[]): ResourceState[] {
  const renamed = new Map<Urn, Urn>();
  for (const resource of resources)
    for (const alias of resource.aliases) if (alias !== resource.urn) renamed.set(alias, resource.urn);
  if (renamed.size === 0) return [...resources];
  const current = (urn: Urn): Urn => {
    let name = urn;
    for (let i = 0; i <= renamed.size && renamed.has(name); i++) name = renamed.get(name)!;
    return name;
  };
  const result: ResourceState[] = [];
  for (const resource of resources) {
    const parent = resource.parent && current(resource.parent);
    let urn = resource.aliases.length > 0 ? resource.urn : current(resource.urn);
    if (parent !== resource.parent && urn === resource.urn && resource.aliases.length === 0) {
      urn = followParent(resource, parent);
      if (urn !== resource.urn) renamed.set(resource.urn, urn);
    }
    result.push({
      ...resource,
      urn,
      parent,
      aliases: [],
      dependencies: resource.dependencies.map(current),
      propertyDependencies: Object.fromEntries(
        Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, urns.map(current)]),
      ),
      deletedWith: resource.deletedWith && current(resource.deletedWith),
      replaceWith: resource.replaceWith.map(current),
      viewOf: resource.viewOf && current(resource.viewOf),
      provider: resource.provider && currentProvider(resource.provider, current),
    });
  }
  return result;
}

function followParent(resource: ResourceState, parent: Urn): Urn {
  const parts = parseUrn(resource.urn);
  if (!parts || qualifiedTypeOf(parent) === ROOT_STACK_TYPE) return resource.urn;
  return makeUrn(parts.stack, parts.project, parent, typeOf(resource.urn), nameOf(resource.urn));
}

function currentProvider(reference: string, current: (urn: Urn) => Urn): string {
  const { urn, id } = parseProviderReference(reference);
  return providerReference(current(urn), id);
}
