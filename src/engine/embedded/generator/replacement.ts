import { type PropertyMap, UNKNOWN } from "../../properties/values.ts";
import type { ResourceState } from "../../state/resource.ts";
import { isProviderType, nameOf, parseProviderReference, type Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { RegisterEvent } from "../deploy/goal.ts";
import { CreateStep } from "../steps/create-step.ts";
import { DeleteStep } from "../steps/delete-step.ts";
import { diffResource } from "../steps/diff-resource.ts";
import { type Difference, needsReplacement } from "../steps/difference.ts";
import { ReplaceStep } from "../steps/replace-step.ts";
import type { Step } from "../steps/step.ts";
import { DependencyGraph } from "./dependency-graph.ts";
import { replaceOnChanges } from "./replace-on-changes.ts";
import { type RunRecord, ToldError } from "./run-record.ts";

/** A resource that has to go with the one that it depends on. */
export interface DependentReplacement {
  readonly resource: ResourceState;
  readonly keys: readonly string[];
}

/** Steps that make the new object first and leave the old one to be deleted at the end. */
export function createBeforeDelete(
  deployment: Deployment,
  registration: RegisterEvent,
  old: ResourceState,
  now: ResourceState,
  difference: Difference,
): Step[] {
  return [
    new CreateStep(deployment, registration, now, { old, difference, deleteOldLater: true }),
    new ReplaceStep(deployment, old, now, difference),
  ];
}

/**
 * Steps that delete the old object first, and before it everything that depends on it and would be replaced in
 * its turn.
 * @throws ToldError when something protected would have to go
 */
export async function deleteBeforeCreate(
  deployment: Deployment,
  record: RunRecord,
  registration: RegisterEvent,
  old: ResourceState,
  now: ResourceState,
  difference: Difference,
): Promise<Step[]> {
  const steps: Step[] = [];
  const dependents = await dependentReplacements(deployment, record, old);
  for (const { resource, keys } of dependents.reverse()) {
    if (record.pendingDeletes.has(resource)) continue;
    record.dependentReplaceKeys.set(resource.urn, keys);
    if (resource.protect && !resource.delete && !deployment.options.ignoreProtect) {
      refuseProtected(deployment, record, resource.urn, now.urn);
    }
    if (!resource.delete) deployment.plans.expectReplacementOf(resource);
    await deployment.providers.ensure(resource.provider, deployment.previous);
    const ahead = resource.delete ? {} : { replaced: true, untilReplaced: true };
    const step = new DeleteStep(deployment, resource, { ...ahead, alsoDeleted: record.deletes });
    steps.push(step);
    record.deletes.add(resource.urn);
    record.pendingDeletes.set(resource, step);
  }
  await deployment.providers.ensure(old.provider, deployment.previous);
  if (!old.pendingReplacement) {
    // What is deleted with it sees that it goes.
    record.deletes.add(old.urn);
    steps.push(
      new DeleteStep(deployment, old, { replaced: true, untilReplaced: true, alsoDeleted: record.deletes }),
    );
  }
  return [
    ...steps,
    new ReplaceStep(deployment, old, now, difference),
    new CreateStep(deployment, registration, now, { old, difference, deleteOldLater: false }),
  ];
}

function refuseProtected(deployment: Deployment, record: RunRecord, dependent: Urn, urn: Urn): never {
  const message =
    `unable to replace resource "${dependent}" as part of replacing "${urn}" as it is currently marked for ` +
    "protection. To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program " +
    `and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${dependent}'\``;
  deployment.events.diagnostic("error", message, urn);
  record.sawError = true;
  throw new ToldError(message);
}

/**
 * The resources of before that would be replaced because `root` is, in dependency order. What depends on `root`
 * only by `dependsOn`, or by properties whose change is an update, stays.
 */
export async function dependentReplacements(
  deployment: Deployment,
  record: RunRecord,
  root: ResourceState,
): Promise<DependentReplacement[]> {
  const graph = new DependencyGraph(deployment.previous);
  const replaced = new Set<Urn>([root.urn]);
  const found: DependentReplacement[] = [];
  // What was registered already cannot depend on a resource that is only being registered now; and what was
  // deleted ahead took its own dependents with it.
  const impossible = new Set([...record.urns, ...record.deletes]);
  for (const dependent of graph.dependingOn(root, impossible, false)) {
    const keys = await replacementKeys(deployment, dependent, replaced);
    if (!keys) continue;
    found.push({ resource: dependent, keys });
    replaced.add(dependent.urn);
  }
  const bound = [...deployment.olds.values()].filter(
    (other) => other.deletedWith === root.urn || other.replaceWith.includes(root.urn),
  );
  return [...found, ...bound.filter((other) => !impossible.has(other.urn)).map(withoutKeys)];
}

const withoutKeys = (resource: ResourceState): DependentReplacement => ({ resource, keys: [] });

async function replacementKeys(
  deployment: Deployment,
  resource: ResourceState,
  replaced: ReadonlySet<Urn>,
): Promise<readonly string[] | undefined> {
  if (!resource.custom || resource.external) return undefined;
  const server = resource.provider && parseProviderReference(resource.provider).urn;
  if ((server && replaced.has(server)) || (resource.deletedWith && replaced.has(resource.deletedWith))) {
    await deployment.providers.ensure(resource.provider, deployment.previous);
    return [];
  }
  const inputs = withUnknowns(resource, replaced);
  if (!inputs) return undefined;
  if (isProviderType(resource.type)) await deployment.providers.same(resource);
  else await deployment.providers.ensure(resource.provider, deployment.previous);
  const provider = isProviderType(resource.type)
    ? deployment.providers.asProvider
    : deployment.providers.get(resource.provider);
  const difference = await diffResource(provider, {
    urn: resource.urn,
    name: nameOf(resource.urn),
    type: resource.type,
    id: resource.id,
    oldInputs: resource.inputs,
    oldOutputs: resource.outputs,
    news: inputs,
    ignoreChanges: resource.ignoreChanges,
  });
  const settled = replaceOnChanges(difference, resource.replaceOnChanges, false);
  return needsReplacement(settled) ? settled.replaceKeys : undefined;
}

/** The inputs with everything unknown that comes from a replaced resource; undefined when nothing does. */
function withUnknowns(resource: ResourceState, replaced: ReadonlySet<Urn>): PropertyMap | undefined {
  const inputs: PropertyMap = { ...resource.inputs };
  let any = false;
  for (const [key, urns] of Object.entries(resource.propertyDependencies)) {
    if (!(key in inputs) || !urns.some((urn) => replaced.has(urn))) continue;
    inputs[key] = UNKNOWN;
    any = true;
  }
  return any ? inputs : undefined;
}
