import type { Deployment } from "../deploy/deployment.ts";
import { SkippedCreateStep } from "../steps/same-step.ts";
import type { Step } from "../steps/step.ts";
import { type RunRecord, ToldError } from "./run-record.ts";
import { dependenciesOf } from "./targeting.ts";

/**
 * Steps that may be done: they conform to the plan, and need nothing that the targets left out.
 * @throws ToldError in an update; a preview goes on, to show what else there is
 */
export function permitted(deployment: Deployment, record: RunRecord, steps: Step[]): Step[] {
  deployment.plans.check(steps);
  const { targets, replaceTargets, excludes } = deployment.options;
  if (!targets.constrained && !replaceTargets.constrained && !excludes.constrained) return steps;
  for (const step of steps) {
    if (!step.new || step instanceof SkippedCreateStep) continue;
    for (const urn of dependenciesOf(step.new)) {
      if (!record.skippedCreates.has(urn)) continue;
      const message =
        `Resource '${step.urn}' depends on '${urn}' which was was not specified in --target list.\n` +
        "Either include resource in --target list or pass --target-dependents to proceed.";
      deployment.events.diagnostic("error", message, step.urn);
      record.sawError = true;
      if (!deployment.dryRun) throw new ToldError("untargeted create");
      record.skippedCreates.delete(urn);
    }
  }
  return steps;
}
