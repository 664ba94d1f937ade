import { EngineError } from "../../interface/errors.ts";
import type { Snapshot } from "../../state/checkpoint.ts";
import type { EventSink } from "../events/event-sink.ts";
import type { DeployOptions } from "./deployment.ts";
import type { OperationPlan } from "./operation-plan.ts";

/**
 * A refresh or a destroy of what does not exist is a mistake; an update may be about to make it.
 * @throws EngineError (exit 2) before anything is touched
 */
export function refuseUnknownTargets({ kind, options }: OperationPlan, snapshot: Snapshot): void {
  if (kind !== "refresh" && kind !== "destroy") return;
  const known = new Set(snapshot.resources.map((resource) => resource.urn));
  const named = [...options.targets.exact, ...options.excludes.exact];
  const unknown = named.find((urn) => !known.has(urn));
  if (unknown === undefined) return;
  throw new EngineError("unknown-target", 2, `no resource named '${unknown}' found`);
}

/**
 * Functions that have to run before or after a deletion are the program's: a destroy without it is refused before
 * anything is touched, and told for which resources.
 * @returns the refusal (exit 2)
 */
export function refuseDeleteHooks(
  plan: OperationPlan,
  snapshot: Snapshot,
  events: EventSink,
): Error | undefined {
  if (plan.kind !== "destroy" || plan.withProgram) return undefined;
  let any = false;
  for (const { urn, resourceHooks } of snapshot.resources) {
    const hooks = [...(resourceHooks.BeforeDelete ?? []), ...(resourceHooks.AfterDelete ?? [])];
    if (hooks.length === 0) continue;
    const message = "Resource has delete hooks registered, but the program is not running. Hooks: ";
    events.diagnostic("error", message + hooks.join(", "), urn);
    any = true;
  }
  if (!any) return undefined;
  return new EngineError(
    "delete-hooks",
    2,
    "You must run with the `--run-program` flag to use delete hooks during destroy.",
  );
}

/** The failure of an operation that was to change nothing (exit 26); undefined when it did not. */
export function unexpectedChanges(plan: OperationPlan, events: EventSink): Error | undefined {
  if (!plan.expectNoChanges) return undefined;
  const harmless = new Set(["same", "read", "discard", "read-replacement"]);
  if (!Object.entries(events.changes).some(([op, count]) => count > 0 && !harmless.has(op))) return undefined;
  const kind = plan.options.dryRun ? "preview" : plan.kind;
  return new EngineError(
    "changes-pending",
    26,
    `no changes were expected for ${kind} but changes were proposed`,
  );
}

/** What is protected is left out, and with it what it needs. */
export function withoutProtected(options: DeployOptions, snapshot: Snapshot): DeployOptions {
  const excludes = options.excludes.clone();
  for (const resource of snapshot.resources)
    if (resource.protect && !resource.delete) excludes.add(resource.urn);
  return { ...options, excludes };
}
