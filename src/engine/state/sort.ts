import { parseProviderReference, type Urn } from "../urn/urn.ts";
import { type Reference, type ResourceState, referencesOf } from "./resource.ts";

/** References that only say what happens together; a state is whole without them. */
const hints: ReadonlySet<Reference["kind"]> = new Set(["deletedWith", "replaceWith"]);

/**
 * The resources such that each stands after all that it refers to; apart from that the order stays. A targeted
 * update may mix old and new references into a circle: then the hints among them that lead forward are dropped,
 * which the next whole update puts back.
 */
export function inOrder(resources: readonly ResourceState[]): ResourceState[] {
  const sorted = sortTopologically(resources);
  if (forwardReferences(sorted).size === 0) return sorted;
  const again = sortTopologically(resources, (reference) => !hints.has(reference.kind));
  const forward = forwardReferences(again);
  return again.map((resource) => {
    const urns = forward.get(resource);
    if (!urns) return resource;
    return {
      ...resource,
      deletedWith: urns.has(resource.deletedWith) ? "" : resource.deletedWith,
      replaceWith: resource.replaceWith.filter((urn) => !urns.has(urn)),
    };
  });
}

function forwardReferences(resources: readonly ResourceState[]): Map<ResourceState, Set<Urn>> {
  const seen = new Set<Urn>();
  const found = new Map<ResourceState, Set<Urn>>();
  for (const resource of resources) {
    const missing = referencesOf(resource).filter((reference) => !seen.has(reference.urn));
    if (missing.length > 0) found.set(resource, new Set(missing.map((reference) => reference.urn)));
    seen.add(resource.urn);
  }
  return found;
}

/**
 * The resources such that each stands after all that it refers to; apart from that the order stays. What refers
 * to each other in a circle stays where it is.
 * @param counts which references are looked at
 */
export function sortTopologically(
  resources: readonly ResourceState[],
  counts: (reference: Reference) => boolean = () => true,
): ResourceState[] {
  const byUrn = new Map<Urn, ResourceState[]>();
  for (const resource of resources) {
    const same = byUrn.get(resource.urn);
    if (same) same.push(resource);
    else byUrn.set(resource.urn, [resource]);
  }
  const sorted: ResourceState[] = [];
  const state = new Map<ResourceState, "visiting" | "done">();
  const needs = (resource: ResourceState): ResourceState[] => {
    const references = referencesOf(resource).filter(counts);
    const needed = references.flatMap(({ urn }) => {
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
