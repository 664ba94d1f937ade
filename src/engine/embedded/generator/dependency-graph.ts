import { type ResourceState, referencesOf } from "../../state/resource.ts";
import { parseProviderReference, type Urn } from "../../urn/urn.ts";

/** Who depends on whom in a list of resources that is in topological order. */
export class DependencyGraph {
  private readonly resources: readonly ResourceState[];
  private readonly renamed: ReadonlyMap<Urn, Urn>;
  private readonly index = new Map<ResourceState, number>();
  private readonly byUrn = new Map<Urn, ResourceState[]>();
  private readonly children = new Map<Urn, ResourceState[]>();

  /** @param renamed old URN → the URN that took it over in this run */
  constructor(resources: readonly ResourceState[], renamed: ReadonlyMap<Urn, Urn> = new Map()) {
    this.resources = resources;
    this.renamed = renamed;
    resources.forEach((resource, i) => {
      this.index.set(resource, i);
      append(this.byUrn, resource.urn, resource);
      if (resource.parent) append(this.children, resource.parent, resource);
    });
  }

  /**
   * Everything that depends on a resource, directly or not, in the order of the list: by dependencies, property
   * dependencies, deletedWith, replaceWith and provider; with `includeChildren` also by being its child.
   * @param ignore URNs that cannot depend on it, whatever the list says
   */
  dependingOn(resource: ResourceState, ignore: ReadonlySet<Urn>, includeChildren: boolean): ResourceState[] {
    const dependents: ResourceState[] = [];
    const set = new Set<Urn>([resource.urn]);
    const isIn = (urn: Urn) => set.has(urn) || set.has(this.renamed.get(urn) ?? urn);
    for (let i = (this.index.get(resource) ?? -1) + 1; i < this.resources.length; i++) {
      const candidate = this.resources[i]!;
      if (ignore.has(candidate.urn)) continue;
      const depends =
        referencesOf(candidate).some((ref) => (ref.kind !== "parent" || includeChildren) && isIn(ref.urn)) ||
        (candidate.provider !== "" && isIn(parseProviderReference(candidate.provider).urn));
      if (!depends) continue;
      dependents.push(candidate);
      set.add(candidate.urn);
    }
    return dependents;
  }

  /**
   * What a resource directly needs: dependencies of all kinds, its parent, its provider, and the children of
   * every component among them (to need a component is to need what it is made of).
   */
  dependenciesOf(resource: ResourceState): Set<ResourceState> {
    const needed = new Set<ResourceState>();
    for (const reference of referencesOf(resource)) {
      for (const found of this.named(reference.urn, resource)) {
        if (found === resource) continue;
        needed.add(found);
        if (reference.kind !== "parent" && !found.custom) this.addChildren(found.urn, resource, needed);
      }
    }
    if (resource.provider) {
      const { urn, id } = parseProviderReference(resource.provider);
      for (const found of this.byUrn.get(urn) ?? []) if (found.id === id) needed.add(found);
    }
    needed.delete(resource);
    return needed;
  }

  /**
   * The entries that a reference of a resource may mean: what is live means what is live; what waits for its
   * deletion may mean either that or what waits with it.
   */
  private named(urn: Urn, by: ResourceState): ResourceState[] {
    const now = this.renamed.get(urn);
    const named = [...(this.byUrn.get(urn) ?? []), ...((now && this.byUrn.get(now)) || [])];
    if (by.delete || named.length < 2) return named;
    const live = named.filter((entry) => !entry.delete);
    return live.length > 0 ? live : named;
  }

  private addChildren(parent: Urn, but: ResourceState, into: Set<ResourceState>): void {
    const own = this.index.get(but) ?? Number.POSITIVE_INFINITY;
    for (const child of this.children.get(parent) ?? []) {
      // A child that comes later cannot be needed: it may itself need `but`.
      if (child === but || into.has(child) || (this.index.get(child) ?? 0) > own) continue;
      into.add(child);
      if (!child.custom) this.addChildren(child.urn, but, into);
    }
  }

  /** Every resource that one needs, directly or not. */
  transitiveDependenciesOf(resource: ResourceState): Set<ResourceState> {
    const all = new Set<ResourceState>();
    const queue = [resource];
    for (let next = queue.pop(); next; next = queue.pop()) {
      for (const needed of this.dependenciesOf(next)) {
        if (!all.has(needed)) {
          all.add(needed);
          queue.push(needed);
        }
      }
    }
    all.delete(resource);
    return all;
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
