import { messageOf, ProviderError } from "../../interface/errors.ts";
import { isSecret, makeSecret } from "../../properties/values.ts";
import type { ResourceState } from "../../state/resource.ts";
import type { Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { dependenciesOf } from "../generator/targeting.ts";
import { SkippedCreateStep } from "../steps/same-step.ts";
import type { Step } from "../steps/step.ts";

/** Steps that follow one another; one that fails takes the rest with it. */
export type Chain = readonly Step[];

export interface ExecutorOptions {
  readonly parallel: number;
  readonly continueOnError: boolean;
  /** a step failed, and nothing new shall begin */
  readonly onFailure: () => void;
}

/** Does steps, several chains at once, and records and tells what becomes of them. */
export class Executor {
  private readonly deployment: Deployment;
  private readonly options: ExecutorOptions;
  private readonly waiting: { chain: Chain; finished: () => void }[] = [];
  private running = 0;
  private idle: (() => void)[] = [];
  private stopped = false;
  /** URNs whose step failed, or was left out because of one that did */
  private readonly failed = new Set<Urn>();
  /** finished registrations that still may register outputs */
  private readonly finished = new Map<Urn, Step>();
  errored = false;
  firstFailure: Error | undefined;
  /** the state could not be written: nothing may go on */
  fatal: Error | undefined;

  constructor(deployment: Deployment, options: ExecutorOptions) {
    this.deployment = deployment;
    this.options = options;
  }

  /** Begins a chain as soon as there is room. @returns when it ended, well or not */
  run(chain: Chain): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ chain, finished: resolve });
      this.next();
    });
  }

  /** Nothing new begins; what is under way goes on. */
  stop(): void {
    this.stopped = true;
    for (const { chain, finished } of this.waiting.splice(0)) {
      for (const step of chain) step.end(false);
      finished();
    }
    this.wakeIdle();
  }

  get isIdle(): boolean {
    return this.running === 0 && (this.waiting.length === 0 || this.stopped);
  }

  hasFailed(urn: Urn): boolean {
    return this.failed.has(urn);
  }

  /** Resolves when nothing runs and nothing waits. */
  async settled(): Promise<void> {
    while (this.running > 0 || (this.waiting.length > 0 && !this.stopped)) {
      await new Promise<void>((resolve) => this.idle.push(resolve));
    }
  }

  /** The finished step of a URN, once: its outputs are registered only once. */
  takeFinished(urn: Urn): Step | undefined {
    const step = this.finished.get(urn);
    this.finished.delete(urn);
    return step;
  }

  private next(): void {
    while (this.running < this.options.parallel && this.waiting.length > 0 && !this.stopped) {
      const { chain, finished } = this.waiting.shift()!;
      this.running++;
      this.chain(chain).finally(() => {
        this.running--;
        for (const step of chain) step.end(false);
        finished();
        this.next();
        this.wakeIdle();
      });
    }
  }

  private wakeIdle(): void {
    for (const wake of this.idle.splice(0)) wake();
  }

  private async chain(chain: Chain): Promise<void> {
    for (const step of chain) {
      const mayBegin = step.after === undefined || (await step.after.ended);
      if (this.stopped) return;
      if (!mayBegin) {
        this.failed.add(step.urn);
        this.refuseAll(chain, "skipped");
        return;
      }
      if (this.options.continueOnError && this.dependsOnFailed(step)) {
        this.failed.add(step.urn);
        this.refuseAll(chain, "skipped");
        return;
      }
      if (await this.step(step)) continue;
      this.refuseAll(chain, "failed");
      return;
    }
  }

  private refuseAll(chain: Chain, result: "failed" | "skipped"): void {
    // Once the run is stopped nobody is answered any more.
    if (!this.stopped) for (const step of chain) step.refuse(result);
  }

  private dependsOnFailed(step: Step): boolean {
    if (!step.new || this.failed.size === 0) return false;
    return dependenciesOf(step.new).some((urn) => this.failed.has(urn));
  }

  /** @returns whether the chain may go on */
  private async step(step: Step): Promise<boolean> {
    const { events, recorder, dryRun } = this.deployment;
    if (!step.silent) events.stepBegins(step);
    let operation: number | undefined;
    try {
      if (!dryRun && step.pendingType) operation = await recorder.begin(step.pendingType, step.subject);
    } catch (error) {
      this.abort(error as Error);
      return false;
    }
    let failure: Error | undefined;
    let afterwards: Error | undefined;
    let respond: (() => void) | undefined;
    let done = true;
    try {
      const outcome = await step.apply();
      failure = outcome.failure;
      afterwards = outcome.afterwards;
      respond = outcome.respond;
    } catch (error) {
      failure = error as Error;
      done = false;
    }
    try {
      if (done) {
        if (step instanceof SkippedCreateStep) this.finished.set(step.urn, step);
        else if (step.new) this.finish(step, step.new);
        if (!dryRun) await step.record(operation);
      } else if (operation !== undefined) await recorder.end({ operation });
    } catch (error) {
      this.abort(error as Error);
      return false;
    }
    if (failure) this.fail(step, failure);
    else if (!step.silent) events.stepEnds(step);
    step.end(failure === undefined);
    respond?.();
    if (afterwards) this.failAfterwards(step.urn, afterwards);
    return failure === undefined;
  }

  /** A step was done and recorded; a hook that followed it failed. */
  failAfterwards(urn: Urn, error: Error): void {
    this.deployment.events.diagnostic("error", messageOf(error), urn);
    this.errored = true;
    this.firstFailure ??= error;
    if (!this.options.continueOnError) this.halt();
  }

  private halt(): void {
    this.stop();
    this.options.onFailure();
  }

  private finish(step: Step, now: ResourceState): void {
    if (step.op !== "replace") {
      keepSecrets(this.deployment, now);
      this.deployment.news.set(now.urn, now);
    }
    // Of a replacement, the whole is told to have outputs, not its parts.
    if (step.logical) this.finished.set(now.urn, step);
  }

  private fail(step: Step, error: Error): void {
    const { events, dryRun } = this.deployment;
    const outcomeUnknown = !(error instanceof ProviderError) || !error.outcomeKnown;
    const message = messageOf(error);
    events.diagnostic("error", dryRun ? `Preview failed: ${message}` : message, step.urn);
    events.stepFails(step, outcomeUnknown && !dryRun);
    this.errored = true;
    this.failed.add(step.urn);
    this.firstFailure ??= error;
    if (!this.options.continueOnError && !step.sparesOthers) this.halt();
  }

  /** The state could not be written: nothing goes on. */
  abort(error: Error): void {
    this.fatal ??= error;
    this.errored = true;
    this.halt();
  }
}

/** What was secret as an input is secret as the output of the same name, and so is what the program names. */
function keepSecrets(deployment: Deployment, now: ResourceState): void {
  let outputs = now.outputs;
  const hide = (key: string) => {
    const value = outputs[key];
    if (value === undefined || isSecret(value)) return;
    outputs = { ...outputs, [key]: makeSecret(value) };
  };
  for (const [key, value] of Object.entries(now.inputs)) if (isSecret(value)) hide(key);
  for (const key of now.additionalSecretOutputs) {
    if (key === "id") {
      deployment.events.diagnostic(
        "warning",
        "The 'id' property cannot be made secret. See pulumi/pulumi#2717 for more details.",
        now.urn,
      );
    } else hide(key);
  }
  now.outputs = outputs;
}
