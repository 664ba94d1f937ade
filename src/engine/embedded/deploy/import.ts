import { randomBytes } from "node:crypto";
import type { ResolvedConfig } from "../../config/resolve.ts";
import type { ImportOptions, ImportResource } from "../../interface/engine.ts";
import { makeResource } from "../../state/resource.ts";
import {
  isProviderType,
  providerReference,
  ROOT_STACK_TYPE,
  rootStackUrn,
  tokenPackage,
  type Urn,
} from "../../urn/urn.ts";
import { DefaultProviders } from "../monitor/default-providers.ts";
import { ImportStep } from "../steps/import-step.ts";
import { SameStep } from "../steps/same-step.ts";
import type { Deployment } from "./deployment.ts";
import { emptyGoal, type RegistrationResult, type ResourceGoal } from "./goal.ts";
import type { DeploymentRun, RunResult } from "./run-deployment.ts";

/**
 * Takes objects into the state that no program asks for yet, protected unless said otherwise. The stack and the
 * providers that they need are made when they are missing; one that fails does not keep the others out.
 */
export async function importResources(
  deployment: Deployment,
  run: DeploymentRun,
  config: ResolvedConfig,
  options: ImportOptions,
): Promise<RunResult> {
  const register = (goal: ResourceGoal) =>
    new Promise<RegistrationResult>((done, failed) => run.submit({ kind: "register", goal, done, failed }));
  const stack = rootStackUrn(deployment.stack, deployment.project);
  return run.runWithoutProgram(async () => {
    const kept = deployment.previous.filter((resource) => !resource.delete);
    await run.execute(kept.map((resource) => new SameStep(deployment, undefined, resource, resource)));
    if (!deployment.olds.has(stack)) {
      const name = `${deployment.project}-${deployment.stack}`;
      await register({ ...emptyGoal, type: ROOT_STACK_TYPE, name, custom: false });
    }
    const providers = new DefaultProviders(config, (goal) => keepOrRegister(deployment, goal, register));
    const steps: ImportStep[] = [];
    for (const resource of options.resources) {
      const step = await importOf(deployment, providers, resource, {
        stack,
        protect: options.protect ?? true,
      });
      if (step) steps.push(step);
    }
    await Promise.all(steps.map((step) => run.execute([step])));
  });
}

/** The step that imports a resource; undefined when it is in the state already. */
async function importOf(
  deployment: Deployment,
  defaults: DefaultProviders,
  resource: ImportResource,
  { stack, protect }: { stack: Urn; protect: boolean },
): Promise<ImportStep | undefined> {
  const parent = resource.parent ?? stack;
  const urn = deployment.urnOf(parent, resource.type, resource.name);
  const old = deployment.olds.get(urn);
  if (old) {
    if ((old.importID || old.id) === resource.id) return undefined;
    throw new Error(`resource '${urn}' already exists`);
  }
  if (!deployment.olds.has(parent) && parent !== stack)
    throw new Error(`unknown parent '${parent}' for resource '${urn}'`);
  const provider = resource.component ? "" : await providerOf(deployment, defaults, resource);
  const now = makeResource({
    urn,
    type: resource.type,
    custom: !resource.component,
    id: resource.component ? "" : resource.id,
    parent,
    protect,
    provider,
  });
  return new ImportStep(deployment, now, {
    standalone: { properties: resource.properties, randomSeed: randomBytes(32) },
  });
}

/** A default provider that is there already stays as it is. */
async function keepOrRegister(
  deployment: Deployment,
  goal: ResourceGoal,
  register: (goal: ResourceGoal) => Promise<RegistrationResult>,
): Promise<RegistrationResult> {
  const state = deployment.olds.get(deployment.urnOf(goal.parent, goal.type, goal.name));
  if (!state) return register(goal);
  await deployment.providers.same(state);
  return { state, result: "success" };
}

async function providerOf(
  deployment: Deployment,
  defaults: DefaultProviders,
  resource: ImportResource,
): Promise<string> {
  if (!resource.provider) {
    const { version = "", pluginDownloadURL = "" } = resource;
    return defaults.reference(
      { packageName: tokenPackage(resource.type), version, pluginDownloadURL },
      resource.name,
    );
  }
  const state = deployment.olds.get(resource.provider);
  const reference =
    state && isProviderType(state.type) ? providerReference(state.urn, state.id) : resource.provider;
  await deployment.providers.ensure(reference, deployment.previous);
  return reference;
}
