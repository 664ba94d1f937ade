import { InitializationError, messageOf } from "../../interface/errors.ts";
import type { ResourceState } from "../../state/resource.ts";
import { nameOf } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { HookArguments, HookType } from "./hook-registry.ts";

type Known = Omit<HookArguments, "urn" | "id" | "name" | "type">;

/** More attempts than any sensible hook asks for: a hook that always says "again" must end. */
const MAX_ATTEMPTS = 100;

function argumentsFor(resource: ResourceState, known: Known): HookArguments {
  return { urn: resource.urn, id: resource.id, name: nameOf(resource.urn), type: resource.type, ...known };
}

/**
 * Runs the hooks that are bound to a resource for a moment of its life, one after the other.
 * @throws when one fails and its errors are not to be ignored
 */
export async function runHooks(
  deployment: Deployment,
  type: Exclude<HookType, "OnError">,
  resource: ResourceState,
  known: Known,
): Promise<void> {
  const names = resource.resourceHooks[type] ?? [];
  if (names.length === 0) return;
  if (!deployment.hooks.programRuns && (type === "BeforeDelete" || type === "AfterDelete")) {
    throw new Error(
      "Resource has delete hooks registered, but the program is not running.\n" +
        "You must run with the `--run-program` flag to execute delete hooks during destroy.",
    );
  }
  const when = type.startsWith("Before") ? "before" : "after";
  for (const name of names) {
    const hook = deployment.hooks.resourceHook(name);
    if (!hook) throw new Error(`hook ${JSON.stringify(name)} was not registered`);
    if (deployment.dryRun && !hook.onDryRun) continue;
    try {
      await hook.run(argumentsFor(resource, known));
    } catch (error) {
      const message = `hook ${JSON.stringify(name)} failed: ${messageOf(error)}`;
      if (!hook.ignoreErrors) throw new Error(`${when} ${message}`);
      deployment.events.diagnostic("warning", `${type} ${message}`, resource.urn);
    }
  }
}

/** Does something that may fail; the resource's error hooks may ask for another attempt. */
export async function withErrorHooks<T>(
  deployment: Deployment,
  operation: "create" | "update" | "delete",
  resource: ResourceState,
  known: Known,
  attempt: () => Promise<T>,
): Promise<T> {
  const names = resource.resourceHooks.OnError ?? [];
  const errors: string[] = [];
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (names.length === 0) throw error;
      errors.unshift(messageOf(error));
      const warn = (message: string) => deployment.events.diagnostic("warning", message, resource.urn);
      if (errors.length >= MAX_ATTEMPTS) {
        warn(`maximum number of error hook retries (${MAX_ATTEMPTS}) reached`);
        throw exists(error) ? error : new Error("maximum number of error hook retries reached");
      }
      let again: boolean;
      try {
        again = await anyWantsRetry(deployment, names, resource, known, operation, errors);
      } catch (broken) {
        // What could not be deleted, or did not come up, is the greater trouble.
        if (operation === "delete" || exists(error)) throw error;
        throw new Error(`error hooks execution failed: ${messageOf(broken)}`);
      }
      if (!again) throw error;
      warn(`retrying ${operation} due to on-error hook request (${errors.length}/${MAX_ATTEMPTS})`);
    }
  }
}

/** Whether an object was made all the same: then it has to be recorded. */
const exists = (error: unknown): boolean => error instanceof InitializationError;

async function anyWantsRetry(
  deployment: Deployment,
  names: readonly string[],
  resource: ResourceState,
  known: Known,
  operation: string,
  errors: readonly string[],
): Promise<boolean> {
  let retry = false;
  for (const name of names) {
    const hook = deployment.hooks.errorHook(name);
    if (!hook) throw new Error(`error hook ${JSON.stringify(name)} was not registered`);
    try {
      if (await hook.run(argumentsFor(resource, known), operation, errors)) retry = true;
    } catch (error) {
      throw new Error(`error hook ${JSON.stringify(name)} failed: ${messageOf(error)}`);
    }
  }
  return retry;
}

/** As {@link runHooks}, for hooks that come after the fact. @returns what failed */
export function runHooksAfter(
  deployment: Deployment,
  type: "AfterCreate" | "AfterUpdate" | "AfterDelete",
  resource: ResourceState,
  known: Known,
): Promise<Error | undefined> {
  return runHooks(deployment, type, resource, known).then(
    () => undefined,
    (error: Error) => error,
  );
}
