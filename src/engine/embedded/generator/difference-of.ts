import { sameContent, sameValue } from "../../properties/compare.ts";
import { containsUnknowns } from "../../properties/transform.ts";
import { isSecret, type PropertyMap } from "../../properties/values.ts";
import type { ResourceState } from "../../state/resource.ts";
import { nameOf, parseProviderReference } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { ResourceGoal } from "../deploy/goal.ts";
import type { ProviderInstance } from "../providers/provider-instance.ts";
import { diffResource } from "../steps/diff-resource.ts";
import {
  type Difference,
  differenceFrom,
  needsReplacement,
  noDifference,
  replaceBecause,
} from "../steps/difference.ts";
import type { RunRecord } from "./run-record.ts";

/** What a resource is compared with, and by whom. */
export interface Comparison {
  readonly goal: ResourceGoal;
  readonly old: ResourceState;
  readonly now: ResourceState;
  /** what is compared with the old inputs: usually the new ones */
  readonly inputs: PropertyMap;
  readonly provider: ProviderInstance | undefined;
}

/** Whether the user asked for a resource to be replaced whatever it is like. */
export function isReplaceTarget(
  deployment: Deployment,
  now: ResourceState,
  old: ResourceState | undefined,
): boolean {
  return deployment.options.replaceTargets.names(now.urn) || old?.taint === true;
}

/**
 * How a registered resource differs from its state. Reasons that need no provider come first, then the
 * provider is asked.
 */
export async function differenceOf(
  deployment: Deployment,
  record: RunRecord,
  { goal, old, now, inputs, provider }: Comparison,
): Promise<Difference> {
  if (triggered(deployment, old, now)) return { ...noDifference, changes: "some", forced: true };
  if (isReplaceTarget(deployment, now, old)) return replaceBecause("id");
  if (goal.replaceWith.some((urn) => record.replaces.has(urn))) return replaceBecause("replaceWith");
  if (now.deletedWith && record.replaces.has(now.deletedWith)) return replaceBecause("deletedWith");
  if (await providerChanged(deployment, record, old, now)) return replaceBecause("provider");
  if (!provider) return sameValue(old.inputs, inputs) ? noDifference : { ...noDifference, changes: "some" };
  return diffResource(provider, {
    urn: now.urn,
    name: nameOf(now.urn),
    type: now.type,
    id: old.id,
    oldInputs: old.inputs,
    oldOutputs: old.outputs,
    news: inputs,
    ignoreChanges: goal.ignoreChanges,
  });
}

/**
 * A replacement trigger with another value than before forces a replacement, whether it is secret or not. The CLI
 * compares with what it read from the state before it opened the secrets there: one that was secret as a whole is none
 * then, and nothing it changes to forces anything. So it is here: a stack may go from one engine to the other.
 */
function triggered(deployment: Deployment, old: ResourceState, now: ResourceState): boolean {
  const before = isSecret(old.replacementTrigger) ? null : (old.replacementTrigger ?? null);
  const after = now.replacementTrigger ?? null;
  if (containsUnknowns(after)) {
    if (deployment.dryRun) return true;
    throw new Error(`replacement trigger contains unknowns for ${now.urn}`);
  }
  if (sameContent(before, null) || sameContent(after, null)) return false;
  return !sameContent(before, after);
}

/**
 * Whether the resource's provider is another one that cannot take over the resource. A provider of another
 * version or name usually can: it is asked what its configuration differs in.
 */
async function providerChanged(
  deployment: Deployment,
  record: RunRecord,
  old: ResourceState,
  now: ResourceState,
): Promise<boolean> {
  if (old.provider === now.provider) return false;
  if (old.provider === "" || now.provider === "") return true;
  const [before, after] = [parseProviderReference(old.provider), parseProviderReference(now.provider)];
  if (record.aliased.get(before.urn) === after.urn) return false;
  const provider = deployment.providers.get(now.provider);
  const oldState = deployment.olds.get(before.urn);
  const newState = record.providers.get(after.urn);
  if (!oldState || !newState) return true;
  const result = await provider.diffConfig({
    urn: after.urn,
    name: nameOf(after.urn),
    type: newState.type,
    id: oldState.id,
    oldInputs: deployment.providers.outputsOf(oldState.inputs),
    oldOutputs: oldState.outputs,
    news: deployment.providers.outputsOf(newState.inputs),
    ignoreChanges: [],
  });
  return needsReplacement(differenceFrom(result));
}
