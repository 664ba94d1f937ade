import { DiffUnavailableError } from "../../interface/errors.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { type Difference, needsReplacement, noDifference } from "../steps/difference.ts";
import { SameStep } from "../steps/same-step.ts";
import type { Step } from "../steps/step.ts";
import { UpdateStep } from "../steps/update-step.ts";
import { differenceOf } from "./difference-of.ts";
import { checkReplacementInputs } from "./inputs.ts";
import { refuseReplacement } from "./refuse-replacement.ts";
import type { Registering } from "./registering.ts";
import { replaceOnChanges } from "./replace-on-changes.ts";
import { createBeforeDelete, deleteBeforeCreate } from "./replacement.ts";
import type { RunRecord } from "./run-record.ts";

/**
 * The steps by which a resource that exists becomes what the program wants: none but to say so, an update, or a
 * replacement.
 * @param inputs what is compared with the old inputs
 */
export async function changingSteps(
  deployment: Deployment,
  record: RunRecord,
  registering: Registering,
  inputs: PropertyMap,
): Promise<Step[]> {
  const { event, goal, urn, now } = registering;
  const old = registering.old!;
  const hasInitErrors = old.initErrors.length > 0;
  const found = await knownDifference(deployment, record, registering, inputs);
  const difference = replaceOnChanges(found, goal.replaceOnChanges, hasInitErrors);
  const changes = difference.changes === "some" || old.pendingReplacement;
  if (changes && (needsReplacement(difference) || old.pendingReplacement)) {
    return replacingSteps(deployment, record, registering, difference);
  }
  // What did not come up is given another chance, also without a change.
  if (changes || hasInitErrors) {
    record.updates.add(urn);
    return [new UpdateStep(deployment, event, old, now, difference, goal.ignoreChanges)];
  }
  record.sames.add(urn);
  return [new SameStep(deployment, event, old, now)];
}

/** A provider that cannot tell what differs is taken to have found something. */
async function knownDifference(
  deployment: Deployment,
  record: RunRecord,
  { goal, old, now, provider, urn }: Registering,
  inputs: PropertyMap,
): Promise<Difference> {
  try {
    return await differenceOf(deployment, record, { goal, old: old!, now, inputs, provider });
  } catch (error) {
    if (!(error instanceof DiffUnavailableError)) throw error;
    deployment.events.diagnostic("warning", error.message, urn);
    return { ...noDifference, changes: "some" };
  }
}

async function replacingSteps(
  deployment: Deployment,
  record: RunRecord,
  registering: Registering,
  difference: Difference,
): Promise<Step[]> {
  const { event, goal, urn, now } = registering;
  const old = registering.old!;
  refuseReplacement(deployment, record, goal, old, now, difference);
  record.replaces.add(urn);
  // The new object gets names and defaults of its own.
  await checkReplacementInputs(deployment, registering);
  now.refreshBeforeUpdate = false;
  if (goal.deleteBeforeReplace ?? difference.deleteBeforeReplace) {
    return deleteBeforeCreate(deployment, record, event, old, now, difference);
  }
  return createBeforeDelete(deployment, event, old, now, difference);
}
