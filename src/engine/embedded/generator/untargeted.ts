import { type ResourceState, referencesOf } from "../../state/resource.ts";
import type { Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { RegisterEvent } from "../deploy/goal.ts";
import { SameStep } from "../steps/same-step.ts";
import type { Step } from "../steps/step.ts";
import { type RunRecord, ToldError } from "./run-record.ts";

const kinds = {
  parent: "parent",
  dependency: "dependency",
  property: "property dependency",
  deletedWith: "deleted with dependency",
  replaceWith: "replace with dependency",
} as const;

/**
 * Steps that leave a resource exactly as it was, because it was not targeted. What it refers to and has no step
 * of its own (it is gone from the program) is kept before it, so that the state stays in order.
 * @throws ToldError when it refers to what is not in the state
 */
export function keepUntargeted(
  deployment: Deployment,
  record: RunRecord,
  registration: RegisterEvent | undefined,
  urn: Urn,
  old: ResourceState,
): Step[] {
  if (old.delete) return [];
  record.urns.add(old.urn);
  record.sames.add(urn);
  record.sames.add(old.urn);
  const steps: Step[] = [];
  for (const reference of referencesOf(old)) {
    if (record.hasStep(record.aliased.get(reference.urn) ?? reference.urn)) continue;
    const found = deployment.olds.get(reference.urn);
    if (!found) {
      const message = `${kinds[reference.kind]} ${reference.urn} of untargeted resource ${urn} has no old state`;
      deployment.events.diagnostic("error", message, urn);
      throw new ToldError(message);
    }
    steps.push(...keepUntargeted(deployment, record, undefined, urn, found));
  }
  steps.push(new SameStep(deployment, registration, old, old));
  return steps;
}
