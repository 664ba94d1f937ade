import type { ResourceState } from "../../state/resource.ts";
import type { UrnTargets } from "../../urn/targets.ts";
import type { Urn } from "../../urn/urn.ts";
import type { Step } from "../steps/step.ts";

/** An error that was told to the user already; it only stops the run. */
export class ToldError extends Error {}

/** What was decided so far in a run, by URN. */
export class RunRecord {
  /** every URN that was registered or read */
  readonly urns = new Set<Urn>();
  readonly reads = new Set<Urn>();
  readonly creates = new Set<Urn>();
  readonly sames = new Set<Urn>();
  readonly updates = new Set<Urn>();
  readonly replaces = new Set<Urn>();
  readonly deletes = new Set<Urn>();
  /** would have been created, but were left out */
  readonly skippedCreates = new Set<Urn>();
  /** new states to delete at the end, when the run is a destroy */
  readonly toDelete: ResourceState[] = [];
  /** deleted ahead of a replacement: entries, not URNs, with the step that does it */
  readonly pendingDeletes = new Map<ResourceState, Step>();
  /** provider resources as of this run */
  readonly providers = new Map<Urn, ResourceState>();
  /** why a resource that was deleted ahead has to be replaced */
  readonly dependentReplaceKeys = new Map<Urn, readonly string[]>();
  /** old URN → the URN that took it over */
  readonly aliased = new Map<Urn, Urn>();
  /** URN → the old URN that it took over */
  readonly aliases = new Map<Urn, Urn>();
  /** refreshed with the program */
  readonly refreshed = new Map<Urn, ResourceState | undefined>();
  /** the targets, and what they pulled in */
  readonly targets: UrnTargets;
  sawError = false;

  constructor(targets: UrnTargets) {
    this.targets = targets.clone();
  }

  hasStep(urn: Urn): boolean {
    return (
      this.creates.has(urn) ||
      this.sames.has(urn) ||
      this.updates.has(urn) ||
      this.deletes.has(urn) ||
      this.replaces.has(urn) ||
      this.reads.has(urn)
    );
  }

  /** Whether an old resource is accounted for, so that it is not to be deleted. */
  keeps(urn: Urn): boolean {
    const name = this.aliased.get(urn) ?? urn;
    return this.sames.has(name) || this.updates.has(name) || this.replaces.has(name) || this.reads.has(name);
  }
}
