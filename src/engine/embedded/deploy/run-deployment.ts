import { messageOf } from "../../interface/errors.ts";
import { isStateFailure } from "../../state/files.ts";
import type { ResourceState } from "../../state/resource.ts";
import type { UrnTargets } from "../../urn/targets.ts";
import type { Urn } from "../../urn/urn.ts";
import { Executor } from "../executor/executor.ts";
import { deletions, deletionWaves, keptUntargeted } from "../generator/deletes.ts";
import { DependencyGraph } from "../generator/dependency-graph.ts";
import { Generator } from "../generator/generator.ts";
import { ToldError } from "../generator/run-record.ts";
import { targetsAreKnown } from "../generator/targeting.ts";
import { RefreshStep } from "../steps/refresh-step.ts";
import type { Step } from "../steps/step.ts";
import type { Deployment } from "./deployment.ts";
import type { OutputsEvent, SourceEvent } from "./goal.ts";
import { OutputsRegistrar } from "./outputs.ts";
import { WorkQueue } from "./work-queue.ts";

/** What runs the program: a function of this process, another process, or nothing (a plain destroy). */
export interface Source {
  /** @returns how the program ended, once it did; it has to have asked to be done before that */
  run(): Promise<{ readonly failed: boolean }>;
  /** No call of the program is answered any more. */
  abort(): void;
}

export interface RunResult {
  readonly failed: boolean;
  readonly canceled: boolean;
  /** the state could not be written */
  readonly fatal: Error | undefined;
}

/** The parts that a source needs of a run. */
export interface RunHandle {
  submit(event: SourceEvent): void;
  programDone(): Promise<void>;
  abort(error: Error): void;
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
      await this.refreshLeftOver();
      if (this.deployment.options.refreshOnly) return;
      const steps = await deletions(this.deployment, this.generator.record);
      if (this.deployment.options.targets.constrained || this.deployment.options.excludes.constrained) {
        await this.executor.run(keptUntargeted(this.deployment, this.generator.record, steps));
      }
      await this.delete(steps);
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

  private async delete(steps: readonly Step[]): Promise<void> {
    const { record } = this.generator;
    const graph = new DependencyGraph([...record.toDelete, ...this.deployment.previous], record.aliased);
    // What a resource that could not be deleted depends on has to stay.
    const needed = new Set<ResourceState>();
    for (const wave of deletionWaves(this.deployment, this.generator.record, steps)) {
      if (this.stopped) return;
      const possible = wave.filter((step) => !needed.has(step.old!));
      await Promise.all(possible.map((step) => this.executor.run([step])));
      for (const step of possible) {
        if (!this.executor.hasFailed(step.urn)) continue;
        for (const resource of graph.transitiveDependenciesOf(step.old!)) needed.add(resource);
      }
    }
  }

  /** In a refresh that runs the program: what the program did not register is refreshed from the state. */
  private async refreshLeftOver(): Promise<void> {
    const { options, previous, providers } = this.deployment;
    if (!options.refreshOnly) return;
    const { record } = this.generator;
    const steps: RefreshStep[] = [];
    for (const resource of previous) {
      if (resource.viewOf) continue;
      if (record.refreshed.has(resource.urn) || record.keeps(resource.urn)) continue;
      if (!options.targets.contains(resource.urn) || options.excludes.names(resource.urn)) continue;
      await providers.ensure(resource.provider, previous);
      const step = new RefreshStep(this.deployment, resource, (found) =>
        record.refreshed.set(resource.urn, found),
      );
      step.purpose = "operation";
      steps.push(step);
    }
    await Promise.all(steps.map((step) => this.executor.run([step])));
    for (const { old, new: found } of steps) {
      if (found === old || !record.refreshed.has(old!.urn)) continue;
      if (found) await this.deployment.recorder.end({ drop: [old!], add: found });
      else await this.deployment.recorder.gone(old!);
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
