import type { ResolvedConfig } from "../../config/resolve.ts";
import type { EngineSettings, StackTarget } from "../../interface/engine.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { SecretsManager } from "../../secrets/passphrase.ts";
import type { Snapshot } from "../../state/checkpoint.ts";
import { Journal } from "../../state/journal.ts";
import { fullStackName } from "../../state/layout.ts";
import type { Lease } from "../../state/lock.ts";
import { Recorder } from "../../state/recorder.ts";
import type { Sealer } from "../../state/sealer.ts";
import type { StoredCheckpoint } from "../../state/stack-store.ts";
import { ROOT_STACK_TYPE } from "../../urn/urn.ts";
import type { EventSink } from "../events/event-sink.ts";
import { HookRegistry } from "../hooks/hook-registry.ts";
import { EngineService } from "../monitor/engine-service.ts";
import { RpcServer } from "../monitor/rpc-server.ts";
import { programSource } from "../program/source.ts";
import { ProviderRegistry } from "../providers/registry.ts";
import type { Cancellation } from "./cancellation.ts";
import { Deployment } from "./deployment.ts";
import { importResources } from "./import.ts";
import type { OperationPlan } from "./operation-plan.ts";
import { findResource, providerHost, workDirectoryOf } from "./provider-host.ts";
import { refreshState } from "./refresh.ts";
import { withoutProtected } from "./refusals.ts";
import { DeploymentRun, type RunResult } from "./run-deployment.ts";
import type { StackSession } from "./stack-session.ts";

/** A stack that was opened, and what is to be done to it. */
export interface StackWork {
  readonly engine: EngineSettings;
  readonly target: StackTarget;
  readonly plan: OperationPlan;
  readonly session: StackSession;
  /** undefined: nothing is written */
  readonly lease: Lease | undefined;
  readonly stored: StoredCheckpoint;
  readonly snapshot: Snapshot;
  readonly manager: SecretsManager;
  readonly sealer: Sealer;
  readonly config: ResolvedConfig;
  readonly events: EventSink;
  readonly cancellation: Cancellation;
}

export interface StackOutcome extends RunResult {
  readonly final: Snapshot;
  /** not folded yet */
  readonly journal: Journal | undefined;
  /** the outputs of the stack, as the program foresees or has made them */
  readonly foreseen: PropertyMap | undefined;
}

/** Brings up what a run needs (providers, services), has it refresh, import or deploy, and takes it all down again. */
export async function deployStack(work: StackWork): Promise<StackOutcome> {
  const { events, plan, snapshot } = work;
  const service = new EngineService((severity, message, urn, more) =>
    events.diagnostic(severity, message, urn, more),
  );
  const server = new RpcServer(service);
  const running: { deployment?: Deployment } = {};
  const host = providerHost(
    work,
    server,
    (urn) => running.deployment && findResource(running.deployment, urn),
  );
  host.startAhead(snapshot.resources);
  const providers = new ProviderRegistry(host, plan.options.dryRun);
  try {
    const refreshed = await refreshFirst(work, providers);
    if ("ended" in refreshed) return refreshed.ended;
    const { base, stored } = refreshed;
    const journal: { current?: Journal } = {};
    const recorder = new Recorder(base, work.sealer, journalOpener(work, stored, journal));
    if (work.lease) recorder.forgetEarlierPending(false);
    const deployment = deploymentOf(work, base, recorder, providers);
    running.deployment = deployment;
    const run = new DeploymentRun(deployment);
    work.cancellation.whenRequested(() => run.cancel());
    if (plan.only && "import" in plan.only) {
      const imported = await importResources(deployment, run, work.config, plan.only.import);
      return { ...imported, final: recorder.snapshot(), journal: journal.current, foreseen: undefined };
    }
    const source = plan.withProgram
      ? programSource({
          session: work.session,
          config: work.config,
          target: work.target,
          deployment,
          run,
          service,
          server,
          workDirectory: workDirectoryOf(work),
          environment: work.engine.environment ?? process.env,
        })
      : undefined;
    deployment.hooks.programRuns = source !== undefined;
    const outcome = await run.run(source);
    const stack = [...deployment.news.values()].find((state) => state.type === ROOT_STACK_TYPE);
    return { ...outcome, final: recorder.snapshot(), journal: journal.current, foreseen: stack?.outputs };
  } finally {
    await providers.close();
    await host.close();
    await server.close();
  }
}

/**
 * Reads everything before the rest, where the plan says so, and keeps what was found.
 * @returns what the rest is based on, or how it ended when there is no rest
 */
async function refreshFirst(
  work: StackWork,
  providers: ProviderRegistry,
): Promise<{ base: Snapshot; stored: StoredCheckpoint } | { ended: StackOutcome }> {
  const { plan, session, lease, sealer, cancellation, snapshot, stored } = work;
  const only = plan.only && "refresh" in plan.only ? plan.only.refresh : undefined;
  if (!plan.refreshFirst && !only) return { base: snapshot, stored };
  const standalone = plan.only !== undefined;
  const refreshed = await refreshState({
    snapshot,
    options: plan.options,
    events: work.events,
    providers,
    stack: session.store.name.stack,
    project: session.project.name,
    standalone,
    refresh: only ?? {},
    onRun: (cancel) => cancellation.whenRequested(cancel),
  });
  const base = refreshed.snapshot;
  if (standalone || refreshed.failed) {
    const { failed, canceled } = refreshed;
    return {
      ended: { failed, canceled, final: base, fatal: undefined, journal: undefined, foreseen: undefined },
    };
  }
  if (!lease) return { base, stored };
  await session.store.write(session.store.encode(base, sealer), lease, work.manager);
  return { base, stored: await session.store.read() };
}

/** @returns what makes the journal, when there is something to write into it, and notes it in `journal` */
function journalOpener(
  { lease, session }: StackWork,
  stored: StoredCheckpoint,
  journal: { current?: Journal },
): (() => Promise<Journal>) | undefined {
  if (!lease) return undefined;
  const { name, paths } = session.store;
  const header = { journal: 1, stack: fullStackName(name), base: stored.digest, token: lease.token } as const;
  return async () => {
    journal.current = await Journal.create(paths.journal, header, () => lease.check());
    return journal.current;
  };
}

function deploymentOf(
  { plan, session, events }: StackWork,
  base: Snapshot,
  recorder: Recorder,
  providers: ProviderRegistry,
): Deployment {
  return new Deployment({
    stack: session.store.name.stack,
    project: session.project.name,
    options: plan.excludeProtected ? withoutProtected(plan.options, base) : plan.options,
    snapshot: base,
    events,
    recorder,
    providers,
    hooks: new HookRegistry(),
    plans: plan.plans,
  });
}
