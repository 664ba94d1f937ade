import { EngineError } from "../../interface/errors.ts";
import type { Snapshot } from "../../state/checkpoint.ts";
import type { Urn } from "../../urn/urn.ts";
import type { EventSink } from "../events/event-sink.ts";
import type { OperationPlan } from "./operation-plan.ts";

/** Tells of operations that an earlier run left open. A refresh looks for itself. */
export function warnOfPending(events: EventSink, snapshot: Snapshot, plan: OperationPlan): void {
  const { pendingOperations } = snapshot;
  if (pendingOperations.length === 0 || plan.kind === "refresh") return;
  const list = pendingOperations
    .map((operation) => `  * ${operation.resource.urn}, interrupted while ${operation.type}`)
    .join("\n");
  events.diagnostic(
    "warning",
    `Attempting to deploy or update resources with ${pendingOperations.length} pending operations from previous deployment.\n` +
      `${list}\n` +
      "These resources are in an unknown state because the Pulumi CLI was interrupted while waiting for changes to " +
      "these resources to complete. You should confirm whether or not the operations listed completed successfully " +
      "by checking the state of the appropriate provider. For example, if you are using AWS, you can confirm using " +
      "the AWS Console.\n\n" +
      "Once you have confirmed the status of the interrupted operations, you can repair your stack using " +
      "`pulumi refresh` which will refresh the state from the provider you are using and clear the pending " +
      "operations if there are any.\n\n" +
      "Note that `pulumi refresh` will need to be run interactively to clear pending CREATE operations.",
  );
}

/**
 * The state with interrupted creations that did happen: each becomes a resource with the id that somebody found,
 * to be read like the others. What it was to replace waits for its deletion.
 * @param ids by URN
 * @throws EngineError (exit 2) when no creation of one of them was interrupted
 */
export function withCreationsFound(snapshot: Snapshot, ids: Readonly<Record<Urn, string>>): Snapshot {
  const wanted = new Map(Object.entries(ids));
  if (wanted.size === 0) return snapshot;
  const resources = [...snapshot.resources];
  const pendingOperations = snapshot.pendingOperations.filter(({ type, resource }) => {
    const id = type === "creating" ? wanted.get(resource.urn) : undefined;
    if (!id) return true;
    wanted.delete(resource.urn);
    const before = resources.findIndex((other) => other.urn === resource.urn && !other.delete);
    const old = resources[before];
    // What was deleted ahead of its replacement has no object any more.
    if (old?.pendingReplacement) resources.splice(before, 1);
    else if (old) resources[before] = { ...old, delete: true };
    resources.push({ ...resource, id, outputs: {}, created: new Date().toISOString() });
    return false;
  });
  const [unknown] = wanted.keys();
  if (unknown === undefined) return { ...snapshot, resources, pendingOperations };
  const pending = snapshot.pendingOperations.filter(({ type }) => type === "creating");
  throw new EngineError(
    "no-pending-create",
    2,
    `no creation of ${unknown} was interrupted`,
    pending.length === 0
      ? "no creation is pending in this stack"
      : `interrupted creations: ${pending.map(({ resource }) => resource.urn).join(", ")}`,
  );
}
