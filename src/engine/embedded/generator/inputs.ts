import type { PropertyMap } from "../../properties/values.ts";
import type { ResourceState } from "../../state/resource.ts";
import type { Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { ResourceGoal } from "../deploy/goal.ts";
import { ignoreChanges } from "../steps/ignore-changes.ts";
import { checkInputs } from "./checks.ts";
import { isReplaceTarget } from "./difference-of.ts";
import type { Registering } from "./registering.ts";
import { ToldError } from "./run-record.ts";

/** The program's inputs without the changes that it ignores itself; paths that cannot be ignored are told. */
export function inputsIgnoring(
  deployment: Deployment,
  urn: Urn,
  goal: ResourceGoal,
  old: ResourceState,
): PropertyMap {
  const { inputs, skipped } = ignoreChanges(old.inputs, goal.properties, goal.ignoreChanges);
  if (skipped.length > 0) {
    const paths = JSON.stringify(skipped.join(", "));
    const message = `cannot ignore changes in added or removed elements of the path: ${paths}`;
    deployment.events.diagnostic("info", message, urn);
  }
  return inputs;
}

/**
 * Has the provider complete and check the inputs of the new state; those of a new object without regard to the old.
 * @throws ToldError when they will not do
 */
export async function checkNewInputs(
  deployment: Deployment,
  { goal, now, old, provider, randomSeed }: Registering,
  recreating: boolean,
): Promise<void> {
  const anew = !old || recreating || old.external || isReplaceTarget(deployment, now, old);
  const request = anew
    ? { olds: {}, news: goal.properties, randomSeed }
    : { olds: old.inputs, news: now.inputs, randomSeed };
  const checked = await checkInputs(deployment, provider!, now, request);
  if (!checked.valid) throw new ToldError(`resource ${now.urn} is invalid`);
  now.inputs = checked.inputs;
}

/** @throws ToldError as {@link checkNewInputs}, for an object that takes the place of another one */
export async function checkReplacementInputs(
  deployment: Deployment,
  { goal, now, old, provider, randomSeed }: Registering,
): Promise<void> {
  // Where the user asked for it, they were checked as those of a new object before.
  if (!provider || isReplaceTarget(deployment, now, old)) return;
  const checked = await checkInputs(deployment, provider, now, {
    olds: {},
    news: goal.properties,
    randomSeed,
  });
  if (!checked.valid) throw new ToldError(`resource ${now.urn} is invalid`);
  now.inputs = checked.inputs;
}
