import { messageOf } from "../../interface/errors.ts";
import { isStateFailure } from "../../state/files.ts";
import type { UrnTargets } from "../../urn/targets.ts";
import type { Urn } from "../../urn/urn.ts";
import { Executor } from "../executor/executor.ts";
import { Generator } from "../generator/generator.ts";
import { ToldError } from "../generator/run-record.ts";
import { targetsAreKnown } from "../generator/targeting.ts";
import type { Step } from "../steps/step.ts";
import type { Deployment } from "./deployment.ts";
import type { OutputsEvent, SourceEvent } from "./goal.ts";
import { deleteLeftOver, refreshLeftOver } from "./left-over.ts";
import { OutputsRegistrar } from "./outputs.ts";
import type { RunHandle, Source } from "./source.ts";
import { WorkQueue } from "./work-queue.ts";

export interface RunResult {
  readonly failed: boolean;
  readonly canceled: boolean;
  /** the state could not be written */
  readonly fatal: Error | undefined;
}

/**
 * One run: takes what the program registers, has it decided and done, deletes what is left over, and tells how
 * it went.
 */
export class DeploymentRun implements RunHandle {
  private readonly deployment: Deployment;
  private readonly queue = new WorkQueue();
  private readonly executor: Executor;
  private readonly generator: Generator;
  private readonly outputs: OutputsRegistrar;
  private source: Source | undefined;
  private stopped = false;
  private cancelled = false;
  private programFailed = false;
  /** the reason of the failure was told where it happened */
  private generationFailed = false;
  private readonly over = Promise.withResolvers<void>();
  private readonly programSignal = Promise.withResolvers<void>();
  private readonly finished = Promise.withResolvers<void>();

  constructor(deployment: Deployment) {
    this.deployment = deployment;
    this.executor = new Executor(deployment, {
      parallel: deployment.options.parallel,
      continueOnError: deployment.options.continueOnError,
      onFailure: () => this.stop(),
    });
    this.generator = new Generator(deployment, (work, urn) => {
      this.queue.push(() => this.generate(work, urn));
    });
    this.outputs = new OutputsRegistrar(deployment, this.executor);
  }

  submit(event: SourceEvent): void {
    if (this.stopped) return;
    this.queue.push(async () => {
      if (this.stopped) return;
      if (event.kind === "outputs") return this.register(event);
      const urn = this.urnOf(event);
      await this.generate(
        () => (event.kind === "read" ? this.generator.read(event) : this.generator.register(event)),
        urn,
      );
    });
  }

  private async register(event: OutputsEvent): Promise<void> {
    try {
      await this.outputs.register(event);
    } catch (error) {
      this.failed(error, event.urn);
    }
  }

  private urnOf(event: Exclude<SourceEvent, { kind: "outputs" }>): Urn {
    const { parent, type, name } = event.kind === "read" ? event : event.goal;
    return this.deployment.urnOf(parent, type, name);
  }

  private async generate(decide: () => Promise<Step[]>, urn: Urn): Promise<void> {
    if (this.stopped) return;
    try {
      const steps = await decide();
      if (!this.stopped) void this.executor.run(steps);
    } catch (error) {
      this.failed(error, urn);
    }
  }

  /** What the program asked for cannot be: the run ends. */
  private failed(error: unknown, urn: Urn): void {
    if (isStateFailure(error)) {
      this.executor.abort(error);
      return;
    }
    this.generationFailed = true;
    if (!(error instanceof ToldError)) this.deployment.events.diagnostic("error", messageOf(error), urn);
    this.stop();
  }

  /** What only writes: that it could not ends the run like a step that could not be recorded. */
  private async recording(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isStateFailure(error)) throw error;
      this.executor.abort(error);
    }
  }

  programDone(): Promise<void> {
    this.programSignal.resolve();
    return this.finished.promise;
  }

  abort(error: Error): void {
    this.generationFailed = true;
    this.deployment.events.diagnostic("error", error.message);
    this.stop();
  }

  /** Nothing new begins. What is under way ends and is recorded. */
  cancel(): void {
    this.cancelled = true;
    this.stop();
    void this.deployment.providers.cancel();
  }

  /** The program is cut off only when what is under way has ended: hooks of running steps are its functions. */
  private stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.queue.close();
    this.executor.stop();
    this.over.resolve();
  }

  /** @param source undefined: no program, everything that exists is left over */
  async run(source: Source | undefined): Promise<RunResult> {
    if (!this.checkTargets(this.deployment.options.replaceTargets)) return this.result();
    this.source = source;
    const ended = source?.run().then((end) => {
      // A program that was cut off is not one that failed.
      if (end.failed && !this.cancelled) this.programFailed = true;
      this.programSignal.resolve();
    });
    if (!source) this.programSignal.resolve();
    if (this.cancelled) this.stop();
    await Promise.race([this.programSignal.promise, this.over.promise]);
    await this.settle();
    await this.afterProgram();
    await this.executor.settled();
    await this.recording(() => this.outputs.finish(!this.succeeded));
    this.source?.abort();
    this.finished.resolve();
    await ended;
    return this.result();
  }

  /** Does steps that nobody registered. @returns when they ended, well or not */
  execute(steps: readonly Step[]): Promise<void> {
    return this.executor.run(steps);
  }

  /** A run without a program and without deletions: what `work` registers and executes is all. */
  async runWithoutProgram(work: () => Promise<void>): Promise<RunResult> {
    try {
      await Promise.race([work(), this.over.promise]);
    } catch (error) {
      this.generationFailed = true;
      this.deployment.events.diagnostic("error", `update failed: ${messageOf(error)}`);
      this.stop();
    }
    await this.settle();
    const failure = this.executor.firstFailure;
    if (failure && !this.generationFailed) {
      this.generationFailed = true;
      this.deployment.events.diagnostic(
        "error",
        `update failed: step application failed: ${messageOf(failure)}`,
      );
    }
    return this.result();
  }

  /** Waits until neither a decision nor a step is left. */
  private async settle(): Promise<void> {
    for (;;) {
      await this.queue.settled();
      await this.executor.settled();
      await this.queue.settled();
      if (this.executor.isIdle) return;
    }
  }

  private async afterProgram(): Promise<void> {
    if (this.stopped || this.programFailed) return;
    // What is to be deleted all the same is deleted: what else the targets name was done as well.
    this.checkTargets(this.deployment.options.targets);
    try {
      const { deployment, executor } = this;
      const { record } = this.generator;
      const leftOver = { deployment, executor, record, isStopped: () => this.stopped };
      if (deployment.options.refreshOnly) return await refreshLeftOver(leftOver);
      await deleteLeftOver(leftOver);
      this.checkPlan();
    } catch (error) {
      if (isStateFailure(error)) return this.executor.abort(error);
      if (!(error instanceof ToldError)) {
        this.generationFailed = true;
        this.deployment.events.diagnostic("error", messageOf(error));
      }
      this.generator.record.sawError = true;
    }
  }

  /** What a plan foresaw has to have come up, unless something else failed already. */
  private checkPlan(): void {
    if (!this.succeeded) return;
    for (const urn of this.deployment.plans.missing()) {
      const message = `expected resource operations for ${urn} but none were seen`;
      this.deployment.events.diagnostic("error", message, urn);
      this.generator.record.sawError = true;
    }
  }

  /** Targets that nothing goes by are mistakes. */
  private checkTargets(targets: UrnTargets): boolean {
    const known = targetsAreKnown(this.deployment, targets, this.generator.record.urns);
    if (!known) this.generationFailed = true;
    return known;
  }

  private get succeeded(): boolean {
    return (
      !this.generationFailed &&
      !this.programFailed &&
      !this.executor.errored &&
      !this.generator.record.sawError &&
      !this.cancelled
    );
  }

  private result(): RunResult {
    const { events, dryRun } = this.deployment;
    const kind = dryRun ? "preview" : "update";
    const failedSteps = this.executor.errored || this.generator.record.sawError;
    if (!this.generationFailed && !this.programFailed) {
      if (failedSteps) events.diagnostic("error", `${kind} failed`);
      else if (this.cancelled) events.diagnostic("error", `${kind} canceled`);
    }
    return {
      failed: !this.succeeded,
      canceled: this.cancelled && !failedSteps && !this.generationFailed && !this.programFailed,
      fatal: this.executor.fatal,
    };
  }
}
