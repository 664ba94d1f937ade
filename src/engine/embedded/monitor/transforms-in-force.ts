import type { Urn } from "../../urn/urn.ts";
import type { ResourceTree } from "./resource-tree.ts";
import type { Transform } from "./transforms.ts";

/** The transforms that the program has named so far, and which of them a registration goes through. */
export class TransformsInForce {
  private readonly tree: ResourceTree;
  private readonly own = new Map<Urn, readonly Transform[]>();
  readonly ofStack: Transform[] = [];
  readonly ofInvokes: Transform[] = [];

  constructor(tree: ResourceTree) {
    this.tree = tree;
  }

  /** What the children of a resource go through besides their own. */
  keep(urn: Urn, transforms: readonly Transform[]): void {
    if (transforms.length > 0) this.own.set(urn, transforms);
  }

  /** Those of a new resource itself, then those of its parents, nearest first, then those of the stack. */
  forChildOf(parent: Urn, own: readonly Transform[]): Transform[] {
    const inherited = [...this.tree.upwards(parent)].flatMap((urn) => this.own.get(urn) ?? []);
    return [...own, ...inherited, ...this.ofStack];
  }
}
