import { parseProviderReference, type Urn } from "../urn/urn.ts";
import { type ResourceState, referencesOf } from "./resource.ts";

/**
 * The resources such that each stands after all that it refers to; apart from that the order stays. What refers
 * to each other in a circle stays where it is.
 */
export function sortTopologically(resources: readonly ResourceState[]): ResourceState[] {
  const byUrn = new Map<Urn, ResourceState[]>();
  for (const resource of resources) {
    const same = byUrn.get(resource.urn);
    if (same) same.push(resource);
    else byUrn.set(resource.urn, [resource]);
  }
  const sorted: ResourceState[] = [];
  const state = new Map<ResourceState, "visiting" | "done">();
  const needs = (resource: ResourceState): ResourceState[] => {
    const needed = referencesOf(resource).flatMap(({ urn }) => {
      const named = byUrn.get(urn) ?? [];
      // What waits for its deletion may refer to what refers to its successor: the live one is meant.
      const live = named.filter((entry) => !entry.delete);
      return live.length > 0 ? live : named;
    });
    if (resource.provider) {
      const { urn, id } = parseProviderReference(resource.provider);
      needed.push(...(byUrn.get(urn) ?? []).filter((entry) => entry.id === id));
    }
    return needed;
  };
  const stack: { resource: ResourceState; waits: ResourceState[] }[] = [];
  for (const start of resources) {
    if (state.has(start)) continue;
    state.set(start, "visiting");
    stack.push({ resource: start, waits: needs(start) });
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = top.waits.find((needed) => !state.has(needed));
      if (next) {
        state.set(next, "visiting");
        stack.push({ resource: next, waits: needs(next) });
      } else {
        state.set(top.resource, "done");
        sorted.push(top.resource);
        stack.pop();
      }
    }
  }
  return sorted;
}

/**
 * The resources without references to what is gone; children of what is gone go to the nearest ancestor that is
 * still there (their URNs stay).
 * @param gone URN → its parent
 */
export function withoutReferencesTo(
  resources: readonly ResourceState[],
  gone: ReadonlyMap<Urn, Urn>,
): ResourceState[] {
  if (gone.size === 0) return [...resources];
  const present = (urn: Urn) => !gone.has(urn);
  return resources.map((resource) => {
    let { parent } = resource;
    while (gone.has(parent)) parent = gone.get(parent)!;
    return {
      ...resource,
      parent,
      dependencies: resource.dependencies.filter(present),
      propertyDependencies: Object.fromEntries(
        Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, urns.filter(present)]),
      ),
      deletedWith: present(resource.deletedWith) ? resource.deletedWith : "",
      replaceWith: resource.replaceWith.filter(present),
    };
  });
}
