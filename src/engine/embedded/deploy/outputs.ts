import { sameValue } from "../../properties/compare.ts";
import { ROOT_STACK_TYPE } from "../../urn/urn.ts";
import type { Executor } from "../executor/executor.ts";
import { runHooksAfter } from "../hooks/run-hooks.ts";
import { SkippedCreateStep } from "../steps/same-step.ts";
import type { Step } from "../steps/step.ts";
import type { Deployment } from "./deployment.ts";
import type { OutputsEvent } from "./goal.ts";

/**
 * Takes the outputs that components register. Those of the stack come last of all: after a failure they are
 * laid over the old ones, so that nothing is lost that other stacks refer to.
 */
export class OutputsRegistrar {
  private readonly deployment: Deployment;
  private readonly executor: Executor;
  private stack: { step: Step; event: OutputsEvent } | undefined;

  constructor(deployment: Deployment, executor: Executor) {
    this.deployment = deployment;
    this.executor = executor;
  }

  /** @throws when there is no finished registration that waits for its outputs */
  async register(event: OutputsEvent): Promise<void> {
    const step = this.executor.takeFinished(event.urn);
    if (!step?.new) {
      throw new Error(`cannot complete a resource '${event.urn}' whose registration isn't pending`);
    }
    // Of what was left out there is nothing to keep.
    if (step instanceof SkippedCreateStep) return event.done();
    if (step.type === ROOT_STACK_TYPE) {
      this.stack = { step, event };
      event.done();
      return;
    }
    await this.store(step, event.outputs);
    event.done();
  }

  private async store(step: Step, outputs: OutputsEvent["outputs"]): Promise<void> {
    const now = step.new!;
    const changed = !sameValue(now.outputs, outputs);
    now.outputs = outputs;
    const afterwards = now.custom ? undefined : await this.runComponentHooks(step);
    if (changed && !this.deployment.dryRun) await this.deployment.recorder.update(now);
    this.deployment.events.outputs(step);
    if (afterwards) this.executor.failAfterwards(step.urn, afterwards);
  }

  /** A component is only complete when it has registered its outputs. */
  private runComponentHooks(step: Step): Promise<Error | undefined> {
    const now = step.new!;
    const known = { newInputs: now.inputs, newOutputs: now.outputs };
    if (step.op === "create" || step.op === "replace")
      return runHooksAfter(this.deployment, "AfterCreate", now, known);
    if (step.op !== "update" || !step.old) return Promise.resolve(undefined);
    const before = { oldInputs: step.old.inputs, oldOutputs: step.old.outputs };
    return runHooksAfter(this.deployment, "AfterUpdate", now, { ...known, ...before });
  }

  /** Stores the outputs of the stack. */
  async finish(failed: boolean): Promise<void> {
    if (!this.stack) return;
    const { step, event } = this.stack;
    const before = step.old?.outputs ?? {};
    await this.store(step, failed ? { ...before, ...event.outputs } : event.outputs);
  }
}
