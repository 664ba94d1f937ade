import { isUnknown } from "../../properties/values.ts";
import type { Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";

/** Who hangs on whom of what a program registers, and what of it is not known to exist yet. */
export class ResourceTree {
  private readonly deployment: Pick<Deployment, "news" | "reads">;
  private readonly parents = new Map<Urn, Urn>();
  private readonly children = new Map<Urn, Set<Urn>>();
  private readonly registering = new Set<Urn>();

  constructor(deployment: Pick<Deployment, "news" | "reads">) {
    this.deployment = deployment;
  }

  adopt(urn: Urn, parent: Urn): void {
    this.parents.set(urn, parent);
    if (parent === "") return;
    const siblings = this.children.get(parent);
    if (siblings) siblings.add(urn);
    else this.children.set(parent, new Set([urn]));
  }

  /** A resource and those above it, the nearest first. */
  *upwards(urn: Urn): Iterable<Urn> {
    for (let at = urn; at !== ""; at = this.parents.get(at) ?? "") yield at;
  }

  /** As long as `work` lasts, the resource counts as not being there. */
  async whileRegistering<T>(urn: Urn, work: () => Promise<T>): Promise<T> {
    this.registering.add(urn);
    try {
      return await work();
    } finally {
      this.registering.delete(urn);
    }
  }

  /** Whether one of the resources, or of the children of components, is still being registered, or has no id. */
  anyUnresolved(urns: readonly Urn[]): boolean {
    return urns.some((urn) => {
      if (this.registering.has(urn)) return true;
      const state = this.deployment.news.get(urn) ?? this.deployment.reads.get(urn);
      if (!state) return false;
      if (state.custom) return state.id === "" || isUnknown(state.id);
      return this.anyUnresolved([...(this.children.get(urn) ?? [])]);
    });
  }
}
