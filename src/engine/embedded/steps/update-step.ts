import { InitializationError } from "../../interface/errors.ts";
import type { Operation } from "../../interface/events.ts";
import type { PendingOperation, ResourceState } from "../../state/resource.ts";
import { isProviderType, nameOf } from "../../urn/urn.ts";
import { type Deployment, timestamp } from "../deploy/deployment.ts";
import type { RegisterEvent } from "../deploy/goal.ts";
import { runHooks, runHooksAfter, withErrorHooks } from "../hooks/run-hooks.ts";
import type { Difference } from "./difference.ts";
import { initializationFailure } from "./init-errors.ts";
import { Step, type StepOutcome } from "./step.ts";

/** Changes an object in place. */
export class UpdateStep extends Step {
  readonly op: Operation = "update";
  private readonly registration: RegisterEvent;
  private readonly ignoreChanges: readonly string[];

  constructor(
    deployment: Deployment,
    registration: RegisterEvent,
    old: ResourceState,
    now: ResourceState,
    difference: Difference,
    ignoreChanges: readonly string[],
  ) {
    super(deployment, old, now);
    this.registration = registration;
    this.ignoreChanges = ignoreChanges;
    this.diffs = difference.changedKeys;
    this.detailedDiff = difference.detailedDiff;
  }

  override get pendingType(): PendingOperation["type"] | undefined {
    return this.new!.custom && !isProviderType(this.type) ? "updating" : undefined;
  }

  async apply(): Promise<StepOutcome> {
    const [old, now] = [this.old!, this.new!];
    now.id = old.id;
    now.created = old.created;
    now.modified = old.modified;
    const before = { oldInputs: old.inputs, oldOutputs: old.outputs, newInputs: now.inputs };
    await runHooks(this.deployment, "BeforeUpdate", now, before);
    const respond = () => this.registration.done({ state: now, result: "success" });
    if (!now.custom) return { respond };
    const failure = await this.update(old, now);
    now.modified = timestamp();
    if (failure) return { failure };
    const known = { ...before, newOutputs: now.outputs };
    return { afterwards: await runHooksAfter(this.deployment, "AfterUpdate", now, known), respond };
  }

  private async update(old: ResourceState, now: ResourceState): Promise<Error | undefined> {
    if (isProviderType(this.type)) {
      await this.deployment.providers.update(now);
      now.outputs = this.deployment.providers.outputsOf(now.inputs);
      return undefined;
    }
    const provider = this.deployment.providers.get(now.provider);
    const known = { oldInputs: old.inputs, oldOutputs: old.outputs, newInputs: now.inputs };
    try {
      const updated = await withErrorHooks(this.deployment, "update", now, known, () =>
        provider.update({
          urn: now.urn,
          name: nameOf(now.urn),
          type: now.type,
          id: old.id,
          oldInputs: old.inputs,
          oldOutputs: old.outputs,
          news: now.inputs,
          timeoutSeconds: now.customTimeouts.update ?? 0,
          ignoreChanges: this.ignoreChanges,
          preview: this.deployment.dryRun,
        }),
      );
      now.outputs = updated.outputs;
      if (updated.refreshBeforeUpdate !== undefined) now.refreshBeforeUpdate = updated.refreshBeforeUpdate;
      return undefined;
    } catch (error) {
      if (!(error instanceof InitializationError)) throw error;
      // The old inputs stay, so that the next run finds the difference again and retries.
      now.inputs = old.inputs;
      now.outputs = error.outputs;
      now.initErrors = [...error.reasons];
      return initializationFailure(error);
    }
  }

  async record(operation: number | undefined): Promise<void> {
    await this.deployment.recorder.end({ operation, drop: [this.old!], add: this.new });
  }

  override refuse(result: "failed" | "skipped"): void {
    this.registration.done({ state: this.new!, result });
  }
}
