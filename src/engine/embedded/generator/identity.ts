import { makeResource, type ResourceState } from "../../state/resource.ts";
import type { Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { ResourceGoal } from "../deploy/goal.ts";
import { possibleAliases } from "./aliases.ts";
import { type RunRecord, ToldError } from "./run-record.ts";

export const conflictingAlias = (urn: Urn, claimedBy: Urn): string =>
  `Duplicate resource URN '${urn}' conflicting with alias on resource with URN '${claimedBy}'`;

/** The resource of before that this one is: by its URN, or else by the first alias that existed. */
export function findOld(
  deployment: Deployment,
  record: RunRecord,
  urn: Urn,
  goal: ResourceGoal,
): { old: ResourceState | undefined; alias: Urn | undefined } {
  const faults: string[] = [];
  const claimedBy = record.aliased.get(urn);
  if (claimedBy !== undefined) {
    faults.push(conflictingAlias(urn, claimedBy));
  }
  let result: { old: ResourceState | undefined; alias: Urn | undefined } = {
    old: undefined,
    alias: undefined,
  };
  for (const name of [urn, ...possibleAliases(deployment, record, goal)]) {
    const old = deployment.olds.get(name);
    if (!old) continue;
    if (name === urn) {
      result = { old, alias: undefined };
      break;
    }
    const other = record.urns.has(name) ? urn : record.aliased.get(name);
    if (other !== undefined) {
      faults.push(
        `Duplicate resource alias '${name}' applied to resource with URN '${urn}' conflicting with resource with URN '${other}'`,
      );
    }
    record.aliased.set(name, urn);
    record.aliases.set(urn, name);
    deployment.providers.registerAlias(urn, name);
    result = { old, alias: name };
    break;
  }
  if (faults.length > 0) {
    for (const fault of faults) deployment.events.diagnostic("error", fault, urn);
    throw new ToldError(`resource ${urn} is invalid`);
  }
  return result;
}

/** The state that a registration asks for; its id and outputs are still to come. */
export function newState(
  urn: Urn,
  goal: ResourceGoal,
  old: ResourceState | undefined,
  alias: Urn | undefined,
): ResourceState {
  return makeResource({
    urn,
    type: goal.type,
    custom: goal.custom,
    inputs: goal.properties,
    parent: goal.parent,
    protect: goal.protect ?? false,
    dependencies: [...goal.dependencies],
    provider: goal.provider,
    propertyDependencies: Object.fromEntries(
      Object.entries(goal.propertyDependencies).map(([k, v]) => [k, [...v]]),
    ),
    additionalSecretOutputs: [...goal.additionalSecretOutputs],
    aliases: alias ? [alias] : [],
    customTimeouts: goal.customTimeouts,
    retainOnDelete: goal.retainOnDelete ?? false,
    deletedWith: goal.deletedWith,
    replaceWith: [...goal.replaceWith],
    created: old?.created,
    modified: old?.modified,
    sourcePosition: goal.sourcePosition,
    ignoreChanges: [...goal.ignoreChanges],
    hideDiff: [...goal.hideDiff],
    replaceOnChanges: [...goal.replaceOnChanges],
    replacementTrigger: goal.replacementTrigger,
    refreshBeforeUpdate: old?.refreshBeforeUpdate ?? false,
    resourceHooks: Object.fromEntries(Object.entries(goal.resourceHooks).map(([k, v]) => [k, [...v]])),
    importID: goal.importId,
    taint: false,
  });
}

/**
 * A resource of before with the options that the program gives it now: what a refresh with the program stores. What
 * it refers to stays, since others that refer to it are not registered anew.
 */
export function withOptionsOf(old: ResourceState, now: ResourceState): ResourceState {
  const { parent, provider, dependencies, propertyDependencies, deletedWith, replaceWith } = old;
  const references = { parent, provider, dependencies, propertyDependencies, deletedWith, replaceWith };
  const { external, taint, pendingReplacement } = old;
  return { ...now, ...references, external, taint, pendingReplacement };
}
