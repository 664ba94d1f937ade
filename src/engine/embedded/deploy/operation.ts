import type {
  EngineSettings,
  OperationResult,
  RunningOperation,
  StackTarget,
} from "../../interface/engine.ts";
import type { EngineEvent } from "../../interface/events.ts";
import type { Lease } from "../../state/lock.ts";
import { Sealer } from "../../state/sealer.ts";
import { EventSink } from "../events/event-sink.ts";
import { EventStream } from "../events/event-stream.ts";
import { audited, takeLease } from "../stacks/audited.ts";
import { Cancellation } from "./cancellation.ts";
import { foldIntoCheckpoint, remember } from "./conclude.ts";
import { deployStack, type StackOutcome, type StackWork } from "./deploy-stack.ts";
import { AUDITED_AS, type OperationPlan } from "./operation-plan.ts";
import { warnOfPending } from "./pending.ts";
import { refuseDeleteHooks, refuseUnknownTargets, unexpectedChanges } from "./refusals.ts";
import { outputsOf, shownConfig } from "./shown.ts";
import { StackSession } from "./stack-session.ts";

/**
 * Runs one operation of the embedded engine over one stack, from the lock to the last event: opens the stack, refuses
 * what cannot be, has it deployed, stores what came of it.
 */
export class EmbeddedOperation implements RunningOperation {
  readonly result: Promise<OperationResult>;
  private readonly stream = new EventStream();
  private readonly engine: EngineSettings;
  private readonly target: StackTarget;
  private readonly plan: OperationPlan;
  private readonly cancellation = new Cancellation();
  private readonly stopped = Promise.withResolvers<OperationResult>();

  constructor(engine: EngineSettings, target: StackTarget, plan: OperationPlan) {
    this.engine = engine;
    this.target = target;
    this.plan = plan;
    this.result = Promise.race([this.perform(), this.stopped.promise]).finally(() => this.stream.end());
    // Whoever only reads events shall not see an unhandled rejection.
    this.result.catch(() => {});
  }

  [Symbol.asyncIterator](): AsyncIterator<EngineEvent> {
    return this.stream[Symbol.asyncIterator]();
  }

  cancel(): void {
    this.cancellation.request();
  }

  terminate(): void {
    this.cancel();
    // Whoever terminates does not wait for what is under way: it stays as pending operations.
    this.stopped.resolve({ result: "canceled", changes: {}, outputs: {} });
  }

  private async perform(): Promise<OperationResult> {
    const session = await StackSession.open(this.engine, this.target);
    if (this.plan.options.dryRun) return this.work(session, undefined);
    await session.store.prepare();
    const audit = { operation: AUDITED_AS[this.plan.kind], warn: (message: string) => this.warn(message) };
    return audited(this.engine, session.store.paths, audit, () => this.performLocked(session));
  }

  private warn(message: string): void {
    this.stream.push({ diagnosticEvent: { message: `${message}\n`, color: "never", severity: "warning" } });
  }

  private async performLocked(session: StackSession): Promise<OperationResult> {
    const told: string[] = [];
    const lease = await takeLease(this.engine, session.store.paths, (message) => told.push(message));
    try {
      told.push(...(await session.recover(lease)));
      for (const message of told) this.warn(message);
      return await this.work(session, lease);
    } finally {
      await lease.release();
    }
  }

  private async work(session: StackSession, lease: Lease | undefined): Promise<OperationResult> {
    const began = Date.now();
    const work = await this.open(session, lease);
    const { events, snapshot } = work;
    const refusal = refuseDeleteHooks(this.plan, snapshot, events);
    if (refusal) return { result: "failed", error: refusal, changes: {}, outputs: {} };
    if (!this.plan.options.dryRun) warnOfPending(events, snapshot, this.plan);
    const outcome = await deployStack(work);
    const error = outcome.fatal ?? (outcome.failed ? undefined : unexpectedChanges(this.plan, events));
    const result = outcome.canceled ? "canceled" : outcome.failed || error ? "failed" : "succeeded";
    events.summary(result, (Date.now() - began) / 1000);
    if (lease) await this.keep(work, lease, outcome, { began, result });
    return {
      result,
      error,
      changes: events.changes,
      outputs: outputsOf(outcome.final, outcome.foreseen, this.plan.showSecrets),
      plan: this.plan.plans.text(work.sealer),
    };
  }

  /** Opens the state, its secrets and the configuration. @throws EngineError for what the operation cannot begin with */
  private async open(session: StackSession, lease: Lease | undefined): Promise<StackWork> {
    const { plan, engine, target, cancellation } = this;
    const { stored, raw } = await session.readState();
    const opening = session.managerFor(raw);
    // The key is derived in another thread: the SDK is loaded meanwhile. A refusal is thrown below.
    opening.catch(() => {});
    if (plan.withProgram && typeof target.program === "function") {
      (await import("../program/in-process.ts")).loadRuntime();
    }
    const manager = await opening;
    const sealer = new Sealer(manager);
    const config = await session.config();
    const snapshot = session.openState(raw, sealer);
    const note = await session.checkSeal(stored, manager);
    if (note) this.warn(note);
    refuseUnknownTargets(plan, snapshot);
    plan.plans.open(sealer, { project: session.project.name, stack: session.store.name.stack });
    const events = new EventSink(this.stream, {
      planning: plan.options.dryRun,
      showSecrets: plan.showSecrets,
      secrets: config.secretTexts,
    });
    events.prelude(shownConfig(config));
    return {
      engine,
      target,
      plan,
      session,
      lease,
      stored,
      snapshot,
      manager,
      sealer,
      config,
      events,
      cancellation,
    };
  }

  /** @throws what kept the state from being written during the run, rather than what keeps it from it now */
  private async keep(
    work: StackWork,
    lease: Lease,
    outcome: StackOutcome,
    ended: { readonly began: number; readonly result: OperationResult["result"] },
  ): Promise<void> {
    const { session, config, events } = work;
    let content: string;
    try {
      content = await foldIntoCheckpoint(session, lease, work, outcome);
    } catch (error) {
      throw outcome.fatal ?? error;
    }
    const environment = this.engine.environment ?? process.env;
    const { changes } = events;
    await remember(session, { plan: this.plan, config, ...ended, changes, content, environment });
  }
}
