import type { ResourceState } from "../../state/resource.ts";
import { isProviderType } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { SameStep, SkippedCreateStep } from "../steps/same-step.ts";
import type { Step } from "../steps/step.ts";
import type { Registering } from "./registering.ts";
import type { RunRecord } from "./run-record.ts";
import { dependenciesOf } from "./targeting.ts";

/**
 * In a refresh or destroy that runs the program, custom resources only stand for what exists: the others are
 * left out, and so is what depends on those.
 * @returns undefined for what is registered as ever: providers and components
 */
export function onlyWhatExists(
  deployment: Deployment,
  record: RunRecord,
  { event, goal, urn, now, old }: Registering,
): Step[] | undefined {
  const { refreshOnly, destroyWithProgram } = deployment.options;
  const leaveOut = () => {
    record.skippedCreates.add(urn);
    record.sames.add(urn);
    if (old && destroyWithProgram) record.sames.delete(urn);
    if (old) now.outputs = old.outputs;
    return [new SkippedCreateStep(deployment, event, now)];
  };
  /** A refresh told of it already, or it was left out of it. */
  const asItIs = (existing: ResourceState) => {
    const step = new SameStep(deployment, event, existing, existing);
    step.silent = true;
    record.sames.add(urn);
    return [step];
  };
  if (dependenciesOf(now).some((dependency) => record.skippedCreates.has(dependency)))
    return old && refreshOnly ? asItIs(old) : leaveOut();
  if (!goal.custom || isProviderType(goal.type)) return undefined;
  if (!old) return leaveOut();
  if (refreshOnly) return asItIs(old);
  record.sames.add(urn);
  now.inputs = old.inputs;
  now.id = old.id;
  record.toDelete.push(now);
  return [new SameStep(deployment, event, old, now)];
}
