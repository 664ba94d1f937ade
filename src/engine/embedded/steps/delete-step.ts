import type { Operation } from "../../interface/events.ts";
import type { PendingOperation, ResourceState } from "../../state/resource.ts";
import { isProviderType, nameOf, type Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { runHooks, runHooksAfter, withErrorHooks } from "../hooks/run-hooks.ts";
import { Step, type StepOutcome } from "./step.ts";

export interface DeleteOptions {
  /** it makes way for, or was superseded by, a replacement */
  readonly replaced?: boolean;
  /** it is deleted ahead of its replacement and stays in the state until that exists */
  readonly untilReplaced?: boolean;
  /** URNs that are deleted in the same run */
  readonly alsoDeleted: ReadonlySet<Urn>;
}

/** Deletes an object; an external one is only forgotten. */
export class DeleteStep extends Step {
  readonly op: Operation;
  private readonly options: DeleteOptions;

  constructor(deployment: Deployment, old: ResourceState, options: DeleteOptions) {
    super(deployment, old, undefined);
    this.options = options;
    if (old.external) this.op = options.replaced ? "discard-replaced" : "discard";
    else this.op = options.replaced ? "delete-replaced" : "delete";
  }

  override get sparesOthers(): boolean {
    return this.isRefused;
  }

  /** What makes way for a replacement was looked at when that was decided. */
  private get isRefused(): boolean {
    return this.old!.protect && !this.options.replaced && !this.deployment.options.ignoreProtect;
  }

  override get pendingType(): PendingOperation["type"] | undefined {
    return this.callsProvider ? "deleting" : undefined;
  }

  private get callsProvider(): boolean {
    const old = this.old!;
    if (!old.custom || old.external || old.retainOnDelete || isProviderType(old.type)) return false;
    if (old.deletedWith && this.options.alsoDeleted.has(old.deletedWith)) return false;
    return !this.isGone;
  }

  /** It was deleted before, and what was made since goes by the same id: that one must not be hit. */
  private get isGone(): boolean {
    const { olds, news } = this.deployment;
    const old = this.old!;
    return old.pendingReplacement && old.delete && (news.get(old.urn) ?? olds.get(old.urn))?.id === old.id;
  }

  async apply(): Promise<StepOutcome> {
    const old = this.old!;
    const before = { oldInputs: old.inputs, oldOutputs: old.outputs };
    await runHooks(this.deployment, "BeforeDelete", old, before);
    if (this.isRefused) throw new Error(protectedMessage(old.urn));
    if (!this.deployment.dryRun) {
      if (isProviderType(old.type)) this.deployment.providers.remove(old);
      else if (this.callsProvider) await this.remove(old);
    }
    if (this.options.untilReplaced) old.pendingReplacement = true;
    return { afterwards: await runHooksAfter(this.deployment, "AfterDelete", old, before) };
  }

  private async remove(old: ResourceState): Promise<void> {
    const provider = this.deployment.providers.get(old.provider);
    const known = { oldInputs: old.inputs, oldOutputs: old.outputs };
    await withErrorHooks(this.deployment, "delete", old, known, () =>
      provider.delete({
        urn: old.urn,
        name: nameOf(old.urn),
        type: old.type,
        id: old.id,
        inputs: old.inputs,
        outputs: old.outputs,
        timeoutSeconds: old.customTimeouts.delete ?? 0,
      }),
    );
  }

  async record(operation: number | undefined): Promise<void> {
    const old = this.old!;
    if (this.options.untilReplaced) {
      await this.deployment.recorder.end({ operation, mark: [[old, { pendingReplacement: true }]] });
    } else await this.deployment.recorder.end({ operation, drop: [old] });
  }
}

/** A resource was deleted ahead of a replacement that is no longer wanted: only its entry goes. */
export class RemovePendingReplaceStep extends Step {
  readonly op: Operation = "remove-pending-replace";

  constructor(deployment: Deployment, old: ResourceState) {
    super(deployment, old, undefined);
  }

  async apply(): Promise<StepOutcome> {
    return {};
  }

  async record(): Promise<void> {
    await this.deployment.recorder.end({ drop: [this.old!] });
  }
}

export function protectedMessage(urn: Urn): string {
  return (
    `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the ` +
    "`protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the command:\n" +
    `\`pulumi state unprotect '${urn}'\``
  );
}
