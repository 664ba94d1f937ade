import { valueText } from "../../properties/text.ts";
import type { ResourceState } from "../../state/resource.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { ResourceGoal } from "../deploy/goal.ts";
import type { Difference } from "../steps/difference.ts";
import { type RunRecord, ToldError } from "./run-record.ts";

/**
 * What is protected, or is imported by an id that the program still names, cannot be replaced. A preview tells so
 * and goes on.
 * @throws ToldError, or an error to be told
 */
export function refuseReplacement(
  deployment: Deployment,
  record: RunRecord,
  goal: ResourceGoal,
  old: ResourceState,
  now: ResourceState,
  difference: Difference,
): void {
  const { urn } = now;
  if (now.protect && old.protect && !deployment.options.ignoreProtect) {
    const message =
      `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, ` +
      "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";
    deployment.events.diagnostic("error", message, urn);
    record.sawError = true;
    if (!deployment.dryRun) throw new ToldError(message);
  }
  if (goal.importId === "") return;
  const keys = difference.replaceKeys
    .map((key) => `${key}: ${valueText(old.inputs[key])} => ${valueText(now.inputs[key])}`)
    .join("\n");
  const message =
    "previously-imported resources that still specify an ID may not be replaced; " +
    `please remove the \`import\` declaration from your program;\n${keys}`;
  if (!deployment.dryRun) throw new Error(message);
  deployment.events.diagnostic("warning", message, urn);
}
