import type { ResourceState } from "../../state/resource.ts";
import type { Executor } from "../executor/executor.ts";
import { deletions, deletionWaves, keptUntargeted } from "../generator/deletes.ts";
import { DependencyGraph } from "../generator/dependency-graph.ts";
import type { RunRecord } from "../generator/run-record.ts";
import { RefreshStep } from "../steps/refresh-step.ts";
import type { Deployment } from "./deployment.ts";

/** The parts of a run that see to what the program did not register. */
export interface LeftOver {
  readonly deployment: Deployment;
  readonly executor: Executor;
  readonly record: RunRecord;
  /** nothing new begins any more */
  readonly isStopped: () => boolean;
}

/** Deletes it, what depends on something before that; what the targets leave out is kept. */
export async function deleteLeftOver({ deployment, executor, record, isStopped }: LeftOver): Promise<void> {
  const steps = await deletions(deployment, record);
  if (deployment.options.targets.constrained || deployment.options.excludes.constrained) {
    await executor.run(keptUntargeted(deployment, record, steps));
  }
  const graph = new DependencyGraph([...record.toDelete, ...deployment.previous], record.aliased);
  // What a resource that could not be deleted depends on has to stay.
  const needed = new Set<ResourceState>();
  for (const wave of deletionWaves(deployment, record, steps)) {
    if (isStopped()) return;
    const possible = wave.filter((step) => !needed.has(step.old!));
    await Promise.all(possible.map((step) => executor.run([step])));
    for (const step of possible) {
      if (!executor.hasFailed(step.urn)) continue;
      for (const resource of graph.transitiveDependenciesOf(step.old!)) needed.add(resource);
    }
  }
}

/** In a refresh that runs the program: what the program did not register is refreshed from the state. */
export async function refreshLeftOver({ deployment, executor, record }: LeftOver): Promise<void> {
  const { options, previous, providers, recorder } = deployment;
  const steps: RefreshStep[] = [];
  for (const resource of previous) {
    if (resource.viewOf) continue;
    if (record.refreshed.has(resource.urn) || record.keeps(resource.urn)) continue;
    if (!options.targets.contains(resource.urn) || options.excludes.names(resource.urn)) continue;
    await providers.ensure(resource.provider, previous);
    const step = new RefreshStep(deployment, resource, (found) => record.refreshed.set(resource.urn, found));
    step.purpose = "operation";
    steps.push(step);
  }
  await Promise.all(steps.map((step) => executor.run([step])));
  for (const { old, new: found } of steps) {
    if (found === old || !record.refreshed.has(old!.urn)) continue;
    if (found) await recorder.end({ drop: [old!], add: found });
    else await recorder.gone(old!);
  }
}
