import { rm } from "node:fs/promises";
import type { ResolvedConfig } from "../../config/resolve.ts";
import type {
  EngineSettings,
  ImportOptions,
  OperationResult,
  RefreshOptions,
  RunningOperation,
  StackTarget,
} from "../../interface/engine.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { SecretsManager } from "../../secrets/passphrase.ts";
import type { AuditOperation } from "../../state/audit-record.ts";
import type { Snapshot } from "../../state/checkpoint.ts";
import { compressionFromEnvironment } from "../../state/compression.ts";
import { type HistoryEntry, writeHistory } from "../../state/history.ts";
import { Journal } from "../../state/journal.ts";
import { fullStackName } from "../../state/layout.ts";
import type { Lease } from "../../state/lock.ts";
import { Recorder } from "../../state/recorder.ts";
import { Sealer } from "../../state/sealer.ts";
import type { StoredCheckpoint } from "../../state/stack-store.ts";
import { ROOT_STACK_TYPE } from "../../urn/urn.ts";
import { EventSink } from "../events/event-sink.ts";
import { EventStream } from "../events/event-stream.ts";
import { HookRegistry } from "../hooks/hook-registry.ts";
import { EngineService } from "../monitor/engine-service.ts";
import { RpcServer } from "../monitor/rpc-server.ts";
import type { PlanBook } from "../plan/plan-book.ts";
import { programSource } from "../program/source.ts";
import { ProviderHost } from "../providers/host.ts";
import { ProviderRegistry } from "../providers/registry.ts";
import { audited, takeLease } from "../stacks/audited.ts";
import { Deployment, type DeployOptions } from "./deployment.ts";
import { importResources } from "./import.ts";
import { warnOfPending } from "./pending.ts";
import { refreshState } from "./refresh.ts";
import { refuseDeleteHooks, refuseUnknownTargets, unexpectedChanges, withoutProtected } from "./refusals.ts";
import { DeploymentRun } from "./run-deployment.ts";
import { outputsOf, shownConfig } from "./shown.ts";
import { StackSession } from "./stack-session.ts";

/** What an operation does, besides what the user's options say. */
export interface OperationPlan {
  readonly kind: HistoryEntry["kind"];
  readonly options: DeployOptions;
  /** everything is read before the rest */
  readonly refreshFirst: boolean;
  /** the program runs */
  readonly withProgram: boolean;
  /** only a refresh, only an import: no program and no deletions */
  readonly only?: { readonly refresh: RefreshOptions } | { readonly import: ImportOptions };
  readonly expectNoChanges: boolean;
  readonly showSecrets: boolean;
  readonly message: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly excludeProtected: boolean;
  readonly plans: PlanBook;
}

const AUDITED_AS = {
  update: "up",
  refresh: "refresh",
  destroy: "destroy",
  "resource-import": "import",
} as const satisfies Record<HistoryEntry["kind"], AuditOperation>;

export const ORGANIZATION = "organization";

/** Runs one operation of the embedded engine over one stack. */
export class EmbeddedOperation implements RunningOperation {
  readonly result: Promise<OperationResult>;
  private readonly stream = new EventStream();
  private readonly engine: EngineSettings;
  private readonly target: StackTarget;
  private readonly plan: OperationPlan;
  private cancelled = false;
  private readonly stopped = Promise.withResolvers<OperationResult>();
  private run: DeploymentRun | undefined;

  constructor(engine: EngineSettings, target: StackTarget, plan: OperationPlan) {
    this.engine = engine;
    this.target = target;
    this.plan = plan;
    this.result = Promise.race([this.perform(), this.stopped.promise]).finally(() => this.stream.end());
    // Whoever only reads events shall not see an unhandled rejection.
    this.result.catch(() => {});
  }

  [Symbol.asyncIterator](): AsyncIterator<import("../../interface/events.ts").EngineEvent> {
    return this.stream[Symbol.asyncIterator]();
  }

  cancel(): void {
    this.cancelled = true;
    this.run?.cancel();
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
    const { stored, raw } = await session.readState();
    const opening = session.managerFor(raw);
    // The key is derived in another thread: the SDK is loaded meanwhile. A refusal is thrown below.
    opening.catch(() => {});
    if (this.plan.withProgram && typeof this.target.program === "function") {
      (await import("../program/in-process.ts")).loadRuntime();
    }
    const manager = await opening;
    const sealer = new Sealer(manager);
    const config = await session.config();
    const snapshot = session.openState(raw, sealer);
    const note = await session.checkSeal(stored, manager);
    if (note) this.warn(note);
    refuseUnknownTargets(this.plan, snapshot);
    this.plan.plans.open(sealer, { project: session.project.name, stack: session.store.name.stack });
    const events = new EventSink(this.stream, {
      planning: this.plan.options.dryRun,
      showSecrets: this.plan.showSecrets,
      secrets: config.secretTexts,
    });
    events.prelude(shownConfig(config));
    const refusal = refuseDeleteHooks(this.plan, snapshot, events);
    if (refusal) return { result: "failed", error: refusal, changes: {}, outputs: {} };
    if (!this.plan.options.dryRun) warnOfPending(events, snapshot, this.plan);
    const outcome = await this.deploy({ session, lease, stored, sealer, config, snapshot, events });
    const { failed, canceled, final } = outcome;
    const error = outcome.fatal ?? (failed ? undefined : unexpectedChanges(this.plan, events));
    const result = canceled ? "canceled" : failed || error ? "failed" : "succeeded";
    events.summary(result, (Date.now() - began) / 1000);
    if (lease && final) {
      let content: string;
      try {
        content = await this.store(session, lease, sealer, final, outcome.journal);
      } catch (error) {
        throw outcome.fatal ?? error;
      }
      if (this.plan.kind) await this.remember(session, config, began, result, events, content);
    }
    return {
      result,
      error,
      changes: events.changes,
      outputs: outputsOf(outcome.final ?? snapshot, outcome.foreseen, this.plan.showSecrets),
      plan: this.plan.plans.text(sealer),
    };
  }

  private async deploy(given: {
    session: StackSession;
    lease: Lease | undefined;
    stored: StoredCheckpoint;
    sealer: Sealer;
    config: ResolvedConfig;
    snapshot: Snapshot;
    events: EventSink;
  }): Promise<{
    failed: boolean;
    canceled: boolean;
    fatal: Error | undefined;
    final: Snapshot | undefined;
    journal: Journal | undefined;
    foreseen: PropertyMap | undefined;
  }> {
    const { session, lease, sealer, config, snapshot, events } = given;
    const { options } = this.plan;
    let { stored } = given;
    const workDirectory = this.target.workDirectory ?? session.project.files?.directory ?? process.cwd();
    const service = new EngineService((severity, message, urn, more) =>
      events.diagnostic(severity, message, urn, more),
    );
    const server = new RpcServer(service);
    let deployment: Deployment | undefined;
    const host = new ProviderHost({
      packages: this.engine.packages ?? {},
      environment: this.engine.environment ?? process.env,
      pluginDirectories: this.engine.pluginDirectories,
      builtin: {
        stackOutputs: (name) => session.outputsOf(name),
        stackResources: (name) => session.resourcesOf(name),
        findResource: (urn) => findResource(deployment, urn),
      },
      engineAddress: () => server.address(),
      log: {
        info: (message, urn) => events.diagnostic("info", message, urn, { ephemeral: true }),
        warning: (message, urn) => events.diagnostic("warning", message, urn),
        error: (message) => events.diagnostic("error", message),
      },
      workDirectory,
    });
    host.startAhead(snapshot.resources);
    const providers = new ProviderRegistry(host, options.dryRun);
    let base = snapshot;
    try {
      if (this.plan.refreshFirst || (this.plan.only && "refresh" in this.plan.only)) {
        const standalone = this.plan.only !== undefined;
        const refreshed = await refreshState({
          snapshot: base,
          options,
          events,
          providers,
          stack: session.store.name.stack,
          project: session.project.name,
          standalone,
          refresh: this.plan.only && "refresh" in this.plan.only ? this.plan.only.refresh : {},
          onRun: (cancel) => this.cancellable(cancel),
        });
        base = refreshed.snapshot;
        if (standalone || refreshed.failed) {
          return { ...refreshed, final: base, fatal: undefined, journal: undefined, foreseen: undefined };
        }
        if (lease) {
          const content = session.store.encode(base, sealer);
          await session.store.write(content, lease, managerOf(sealer));
          stored = await session.store.read();
        }
      }
      const journalHeader = {
        journal: 1 as const,
        stack: fullStackName(session.store.name),
        base: stored.digest,
        token: lease?.token ?? 0,
      };
      const journal: { current: Journal | undefined } = { current: undefined };
      const openJournal = lease
        ? async () => {
            journal.current = await Journal.create(session.store.paths.journal, journalHeader, () =>
              lease.check(),
            );
            return journal.current;
          }
        : undefined;
      const recorder = new Recorder(base, sealer, openJournal);
      if (lease) recorder.forgetEarlierPending(false);
      deployment = new Deployment({
        stack: session.store.name.stack,
        project: session.project.name,
        options: this.plan.excludeProtected ? withoutProtected(options, base) : options,
        snapshot: base,
        events,
        recorder,
        providers,
        hooks: new HookRegistry(),
        plans: this.plan.plans,
      });
      const run = new DeploymentRun(deployment);
      this.cancellable(() => run.cancel());
      this.run = run;
      if (this.cancelled) run.cancel();
      if (this.plan.only && "import" in this.plan.only) {
        const imported = await importResources(deployment, run, config, this.plan.only.import);
        return { ...imported, final: recorder.snapshot(), journal: journal.current, foreseen: undefined };
      }
      const source = this.plan.withProgram
        ? programSource({
            deployment,
            run,
            session,
            config,
            target: this.target,
            service,
            server,
            workDirectory,
            environment: this.engine.environment ?? process.env,
          })
        : undefined;
      deployment.hooks.programRuns = source !== undefined;
      const outcome = await run.run(source);
      const final = recorder.snapshot();
      const stackState = [...deployment.news.values()].find((state) => state.type === ROOT_STACK_TYPE);
      return {
        ...outcome,
        final,
        journal: journal.current,
        foreseen: stackState?.outputs,
      };
    } finally {
      await providers.close();
      await host.close();
      await server.close();
    }
  }

  private cancellable(cancel: () => void): void {
    if (this.cancelled) cancel();
    else {
      const before = this.cancel.bind(this);
      this.cancel = () => {
        before();
        cancel();
      };
    }
  }

  /** Folds what happened into the checkpoint. @returns its text */
  private async store(
    session: StackSession,
    lease: Lease,
    sealer: Sealer,
    final: Snapshot,
    journal: Journal | undefined,
  ): Promise<string> {
    const content = session.store.encode(final, sealer);
    if (journal) {
      try {
        await journal.fold(await session.store.digestOfContent(content));
      } finally {
        await journal.close();
      }
    }
    await session.store.write(content, lease, managerOf(sealer));
    await rm(session.store.paths.journal, { force: true });
    return content;
  }

  private async remember(
    session: StackSession,
    config: ResolvedConfig,
    began: number,
    result: OperationResult["result"],
    events: EventSink,
    content: string,
  ): Promise<void> {
    await writeHistory(
      session.store.paths,
      {
        kind: this.plan.kind,
        startTime: Math.floor(began / 1000),
        endTime: Math.floor(Date.now() / 1000),
        message: this.plan.message,
        environment: this.plan.environment,
        config: config.stored,
        result: result === "succeeded" ? "succeeded" : "failed",
        resourceChanges: events.changes,
      },
      content,
      compressionFromEnvironment(this.engine.environment ?? process.env),
    );
  }
}

function managerOf({ manager }: Sealer): SecretsManager {
  if (!manager) throw new Error("the secrets of the stack were not opened");
  return manager;
}

function findResource(deployment: Deployment | undefined, urn: string) {
  const state = deployment?.news.get(urn) ?? deployment?.reads.get(urn);
  if (!state) return undefined;
  return { urn, id: state.id, state: state.outputs, ...(state.provider ? { provider: state.provider } : {}) };
}
