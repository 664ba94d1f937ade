import type { ResourceState } from "../../state/resource.ts";
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

/** Writes a plan while a run decides, and holds a run to a plan. */
export class PlanBook {
  seedFor(_urn: Urn): Uint8Array | undefined {
    return undefined;
  }

  registered(_registered: Registered): void {}

  expectReplacementOf(_resource: ResourceState): void {}

  check(_steps: readonly Step[]): void {}

  checkDeletes(_steps: readonly Step[]): void {}

  text(): string | undefined {
    return undefined;
  }
}
