import type { ResourceState } from "../../state/resource.ts";
import type { Sealer } from "../../state/sealer.ts";
import type { Urn } from "../../urn/urn.ts";
import type { ResourceGoal } from "../deploy/goal.ts";
import type { Step } from "../steps/step.ts";

/** What was decided for one resource, and the seed of its generated names. */
export interface Registered {
  readonly urn: Urn;
  readonly goal: ResourceGoal;
  readonly now: ResourceState;
  readonly old: ResourceState | undefined;
  readonly randomSeed: Uint8Array;
}

/** What a run has to do with plans; this one nothing. */
export class PlanBook {
  /**
   * Called once, before the run.
   * @throws EngineError (exit 22) when a plan is not one of this stack
   */
  open(_sealer: Sealer, _stack: { readonly project: string; readonly stack: string }): void {}

  /** The seed that the plan's generated names came from. */
  seedFor(_urn: Urn): Uint8Array | undefined {
    return undefined;
  }

  /** A resource was checked. @throws Error when the program wants another than was planned */
  registered(_registered: Registered): void {}

  /** A resource goes ahead of its replacement and will be registered later. */
  expectReplacementOf(_resource: ResourceState): void {}

  /** Steps are about to be done. @throws Error when one was not planned */
  check(_steps: readonly Step[]): void {}

  /** Everything was decided. @returns what was planned and did not come up */
  missing(): Urn[] {
    return [];
  }

  /** The plan that the run led to, when one was asked for. */
  text(_sealer: Sealer): string | undefined {
    return undefined;
  }
}
