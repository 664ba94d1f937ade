import { makeResource, type ResourceState } from "../../state/resource.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { ReadEvent } from "../deploy/goal.ts";
import { noDifference } from "../steps/difference.ts";
import { ReadStep } from "../steps/read-step.ts";
import { ReplaceStep } from "../steps/replace-step.ts";
import type { Step } from "../steps/step.ts";
import { claimUrn, tellAndStop } from "./claim.ts";
import { conflictingAlias } from "./identity.ts";
import type { RunRecord } from "./run-record.ts";

/**
 * The steps that read an object which the program names by its id; one that was managed under its name goes.
 * @throws ToldError when the run has to stop for a reason that was told, other errors to be told
 */
export function readingSteps(deployment: Deployment, record: RunRecord, event: ReadEvent): Step[] {
  const urn = claimUrn(deployment, record, event);
  const claimedBy = record.aliased.get(urn);
  if (claimedBy !== undefined) tellAndStop(deployment, urn, conflictingAlias(urn, claimedBy));
  if (event.id === "") throw new Error(`Expected an ID for ${urn}`);
  const old = deployment.olds.get(urn);
  const now = stateOf(event, urn, record, old);
  deployment.reads.set(urn, now);
  if (deployment.options.destroyWithProgram) record.toDelete.push(now);
  // A refresh takes nothing over and lets nothing go.
  if (old && deployment.options.refreshOnly) {
    return [new ReadStep(deployment, event, undefined, now, false).lookOnly()];
  }
  const deletedAhead = old !== undefined && (record.deletes.delete(urn) || old.pendingReplacement);
  if (old && !deletedAhead && !old.external && old.id !== event.id) {
    record.replaces.add(urn);
    return [
      new ReadStep(deployment, event, old, now, true),
      new ReplaceStep(deployment, old, now, noDifference),
    ];
  }
  record.reads.add(urn);
  const step = new ReadStep(deployment, event, old, now, false);
  if (old) step.after = record.pendingDeletes.get(old);
  return [step];
}

function stateOf(
  event: ReadEvent,
  urn: string,
  record: RunRecord,
  old: ResourceState | undefined,
): ResourceState {
  return makeResource({
    urn,
    type: event.type,
    custom: true,
    external: true,
    id: event.id,
    inputs: event.properties,
    parent: event.parent,
    provider: event.provider,
    // What was left out of this run is not there to be referred to.
    dependencies: event.dependencies.filter((dependency) => !record.skippedCreates.has(dependency)),
    additionalSecretOutputs: [...event.additionalSecretOutputs],
    sourcePosition: event.sourcePosition,
    created: old?.created,
    modified: old?.modified,
  });
}
