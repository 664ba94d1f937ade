import { type ResourceState, referencesOf } from "../../state/resource.ts";
import { providerReference, type Urn } from "../../urn/urn.ts";
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
 * As {@link keepUntargeted}, for a resource that the program registered; with a provider that it no longer has.
 * @throws when the resource was to get another provider, which a run with targets cannot do
 */
export function keepRegistered(
  deployment: Deployment,
  record: RunRecord,
  event: RegisterEvent,
  urn: Urn,
  old: ResourceState,
): Step[] {
  const steps: Step[] = [];
  if (old.provider && !deployment.providers.find(old.provider)) {
    throw new Error(
      `provider ${old.provider} for resource ${urn} has not been registered yet, this is due to a change of ` +
        "providers mixed with --target. Change your program back to the original providers",
    );
  }
  const provider = deployment.previous.find(
    (resource) => old.provider !== "" && providerReference(resource.urn, resource.id) === old.provider,
  );
  const known = (name: Urn) => record.hasStep(name) || record.urns.has(name) || record.aliased.has(name);
  if (provider && !known(provider.urn)) {
    steps.push(...keepUntargeted(deployment, record, undefined, provider.urn, provider));
  }
  return [...steps, ...keepUntargeted(deployment, record, event, urn, old)];
}

/**
 * Steps that leave a resource exactly as it was, because it was not targeted. What it refers to and has no step
 * of its own (it is gone from the program) is kept before it, so that the state stays in order.
 * @throws ToldError when it refers to what is not in the state
 */
function keepUntargeted(
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
  steps.push(new SameStep(deployment, registration, old, old).carried());
  return steps;
}
