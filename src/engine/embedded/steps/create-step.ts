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

/** Makes a new object; as a replacement, beside the old one or after it was deleted. */
export class CreateStep extends Step {
  readonly op: Operation;
  private readonly registration: RegisterEvent;
  private readonly keepsOld: boolean;

  /** @param replacing what is replaced, why, and whether the old one is deleted only later */
  constructor(
    deployment: Deployment,
    registration: RegisterEvent,
    now: ResourceState,
    replacing?: { old: ResourceState; difference: Difference; deleteOldLater: boolean },
  ) {
    super(deployment, replacing?.old, now);
    this.op = replacing ? "create-replacement" : "create";
    this.registration = registration;
    this.keepsOld = replacing?.deleteOldLater ?? false;
    this.keys = replacing?.difference.replaceKeys ?? [];
    this.diffs = replacing?.difference.changedKeys ?? [];
    this.detailedDiff = replacing?.difference.detailedDiff;
  }

  override get pendingType(): PendingOperation["type"] | undefined {
    return this.new!.custom && !isProviderType(this.type) ? "creating" : undefined;
  }

  async apply(): Promise<StepOutcome> {
    const now = this.new!;
    await runHooks(this.deployment, "BeforeCreate", now, { newInputs: now.inputs });
    let failure: Error | undefined;
    if (now.custom) failure = await this.create(now);
    now.created = timestamp();
    now.modified = now.created;
    if (this.keepsOld && this.old) this.old.delete = true;
    if (failure) return { failure };
    const respond = () => this.registration.done({ state: now, result: "success" });
    // Those of a component come when it has registered its outputs.
    const known = { newInputs: now.inputs, newOutputs: now.outputs };
    const afterwards = now.custom
      ? await runHooksAfter(this.deployment, "AfterCreate", now, known)
      : undefined;
    return { afterwards, respond };
  }

  private async create(now: ResourceState): Promise<Error | undefined> {
    if (isProviderType(this.type)) {
      now.id = await this.deployment.providers.create(now);
      now.outputs = this.deployment.providers.outputsOf(now.inputs);
      return undefined;
    }
    const provider = this.deployment.providers.get(now.provider);
    try {
      const created = await withErrorHooks(this.deployment, "create", now, { newInputs: now.inputs }, () =>
        provider.create({
          urn: now.urn,
          name: nameOf(now.urn),
          type: now.type,
          inputs: now.inputs,
          timeoutSeconds: now.customTimeouts.create ?? 0,
          preview: this.deployment.dryRun,
        }),
      );
      if (!this.deployment.dryRun && created.id === "") {
        throw new Error("provider did not return an ID from Create");
      }
      now.id = this.deployment.dryRun ? "" : created.id;
      now.outputs = created.outputs;
      if (created.refreshBeforeUpdate) now.refreshBeforeUpdate = true;
      return undefined;
    } catch (error) {
      if (!(error instanceof InitializationError)) throw error;
      now.id = error.id;
      now.outputs = error.outputs;
      now.initErrors = [...error.reasons];
      return initializationFailure(error);
    }
  }

  async record(operation: number | undefined): Promise<void> {
    // Without it the old one was deleted ahead, and only its entry is left.
    const drop = this.old && !this.keepsOld ? [this.old] : [];
    const mark = this.keepsOld && this.old ? [[this.old, { delete: true }] as const] : [];
    await this.deployment.recorder.end({ operation, drop, mark, add: this.new });
  }

  override refuse(result: "failed" | "skipped"): void {
    this.registration.done({ state: this.new!, result });
  }
}
