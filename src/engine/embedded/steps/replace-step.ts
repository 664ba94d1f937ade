import type { Operation } from "../../interface/events.ts";
import type { ResourceState } from "../../state/resource.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { Difference } from "./difference.ts";
import { Step, type StepOutcome } from "./step.ts";

/** Stands for the whole of a replacement, which creating and deleting make up. */
export class ReplaceStep extends Step {
  readonly op: Operation = "replace";

  constructor(deployment: Deployment, old: ResourceState, now: ResourceState, difference: Difference) {
    super(deployment, old, now);
    this.keys = difference.replaceKeys;
    this.diffs = difference.changedKeys;
    this.detailedDiff = difference.detailedDiff;
  }

  async apply(): Promise<StepOutcome> {
    return {};
  }

  async record(): Promise<void> {}
}
