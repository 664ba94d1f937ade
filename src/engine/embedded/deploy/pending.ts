import type { Snapshot } from "../../state/checkpoint.ts";
import type { EventSink } from "../events/event-sink.ts";
import type { OperationPlan } from "./operation.ts";

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
