import type { RefreshOptions } from "../../interface/engine.ts";
import { messageOf } from "../../interface/errors.ts";
import type { Snapshot } from "../../state/checkpoint.ts";
import { Recorder } from "../../state/recorder.ts";
import type { PendingOperation, ResourceState } from "../../state/resource.ts";
import { Sealer } from "../../state/sealer.ts";
import { withoutReferencesTo } from "../../state/sort.ts";
import { isProviderType, type Urn } from "../../urn/urn.ts";
import type { EventSink } from "../events/event-sink.ts";
import { Executor } from "../executor/executor.ts";
import { RunRecord } from "../generator/run-record.ts";
import { isTargeted } from "../generator/targeting.ts";
import { HookRegistry } from "../hooks/hook-registry.ts";
import { PlanBook } from "../plan/plan-book.ts";
import type { ProviderRegistry } from "../providers/registry.ts";
import { RefreshStep } from "../steps/refresh-step.ts";
import { Deployment, type DeployOptions } from "./deployment.ts";
import { withCreationsFound } from "./pending.ts";

export interface RefreshWork {
  readonly snapshot: Snapshot;
  readonly options: DeployOptions;
  readonly events: EventSink;
  readonly providers: ProviderRegistry;
  readonly stack: string;
  readonly project: string;
  /** an operation of its own, not the first part of another one */
  readonly standalone: boolean;
  readonly refresh: RefreshOptions;
  readonly onRun: (cancel: () => void) => void;
}

/** Reads every resource of a state again, without the program. */
export async function refreshState(
  work: RefreshWork,
): Promise<{ snapshot: Snapshot; failed: boolean; canceled: boolean }> {
  const { events, providers } = work;
  const snapshot = withCreationsFound(work.snapshot, work.refresh.importPendingCreates ?? {});
  const deployment = new Deployment({
    stack: work.stack,
    project: work.project,
    options: work.options,
    snapshot,
    events,
    recorder: new Recorder(snapshot, new Sealer(undefined)),
    providers,
    hooks: new HookRegistry(),
    plans: new PlanBook(),
  });
  const record = new RunRecord(work.options.targets);
  const executor = new Executor(deployment, {
    parallel: work.options.parallel,
    continueOnError: true,
    onFailure: () => {},
  });
  let canceled = false;
  work.onRun(() => {
    canceled = true;
    executor.stop();
    void providers.cancel();
  });
  const steps: RefreshStep[] = [];
  let failed = false;
  for (const resource of snapshot.resources) {
    if (resource.viewOf || !isRefreshed(deployment, record, resource)) continue;
    try {
      if (resource.custom && !isProviderType(resource.type))
        await providers.ensure(resource.provider, snapshot.resources);
    } catch (error) {
      events.diagnostic("error", messageOf(error), resource.urn);
      failed = true;
      continue;
    }
    const step = new RefreshStep(deployment, resource);
    step.purpose = work.standalone ? "operation" : "update";
    steps.push(step);
  }
  await Promise.all(steps.map((step) => executor.run([step])));
  failed ||= executor.errored;
  if (failed) events.diagnostic("error", `${work.options.dryRun ? "preview" : "update"} failed`);
  return {
    snapshot: rebuilt(snapshot, steps, pendingAfter(snapshot, work)),
    failed,
    canceled: canceled && !failed,
  };
}

function isRefreshed(deployment: Deployment, record: RunRecord, resource: ResourceState): boolean {
  const { targets, excludes } = deployment.options;
  if (!targets.constrained && !excludes.constrained) return true;
  const targeted = isTargeted(deployment, record, resource);
  if (targeted && targets.constrained) record.targets.add(resource.urn);
  return targeted;
}

/** A refresh settles what was interrupted, but for creations: of those nobody knows the id. */
function pendingAfter(snapshot: Snapshot, work: RefreshWork): PendingOperation[] {
  if (work.refresh.clearPendingCreates) return [];
  return snapshot.pendingOperations.filter((operation) => operation.type === "creating");
}

/** The state with what was found: what is gone leaves no reference behind, its children have no parent. */
function rebuilt(
  snapshot: Snapshot,
  steps: readonly RefreshStep[],
  pendingOperations: PendingOperation[],
): Snapshot {
  const found = new Map(steps.map((step) => [step.old!, step.new]));
  const gone = new Map<Urn, Urn>();
  const kept: ResourceState[] = [];
  const alive = new Set<Urn>();
  for (const resource of snapshot.resources) {
    const now = found.has(resource) ? found.get(resource) : resource;
    if (now === undefined) {
      if (!resource.delete) gone.set(resource.urn, "");
      continue;
    }
    kept.push(now);
    if (!now.delete) alive.add(now.urn);
  }
  for (const urn of alive) gone.delete(urn);
  return { ...snapshot, pendingOperations, resources: withoutReferencesTo(kept, gone) };
}
