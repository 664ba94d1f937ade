import type { ResourceState } from "../../state/resource.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { ResourceGoal } from "../deploy/goal.ts";
import { noDifference } from "../steps/difference.ts";
import { ImportStep } from "../steps/import-step.ts";
import { ReplaceStep } from "../steps/replace-step.ts";
import type { Step } from "../steps/step.ts";
import type { Registering } from "./registering.ts";
import type { RunRecord } from "./run-record.ts";

/** Whether a registration takes an object over that the state does not have yet. */
export function isImport(goal: ResourceGoal, old: ResourceState | undefined): boolean {
  if (!goal.custom || goal.importId === "") return false;
  return !old || old.external || (old.importID || old.id) !== goal.importId;
}

/**
 * The steps that take an existing object over.
 * @param andThen goes on with what was found
 */
export function importSteps(
  deployment: Deployment,
  record: RunRecord,
  registering: Registering,
  recreating: boolean,
  andThen: (found: ResourceState) => void,
): Step[] {
  const { event, goal, now, old, urn } = registering;
  const imported: ResourceState = {
    ...now,
    id: goal.importId,
    importID: goal.importId,
    inputs: {},
    outputs: {},
  };
  const replaces = old && !recreating ? old : undefined;
  if (replaces) record.replaces.add(urn);
  else record.creates.add(urn);
  const step = new ImportStep(deployment, imported, {
    ...(replaces ? { replaces } : {}),
    andThen,
    refuse: (result) => event.done({ state: now, result }),
  });
  return replaces ? [step, new ReplaceStep(deployment, replaces, imported, noDifference)] : [step];
}
