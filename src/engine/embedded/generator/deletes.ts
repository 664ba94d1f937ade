import { type ResourceState, referencesOf } from "../../state/resource.ts";
import type { UrnTargets } from "../../urn/targets.ts";
import { isProviderType, providerReference, type Urn } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { DeleteStep, RemovePendingReplaceStep } from "../steps/delete-step.ts";
import { SameStep } from "../steps/same-step.ts";
import type { Step } from "../steps/step.ts";
import { DependencyGraph } from "./dependency-graph.ts";
import { dependentReplacements } from "./replacement.ts";
import { type RunRecord, ToldError } from "./run-record.ts";

/**
 * Steps for everything of before that the program no longer has, and for what replacements left behind. With
 * targets, only for those and what cannot stay without them.
 * @throws ToldError when something would go that was not asked for
 */
export async function deletions(deployment: Deployment, record: RunRecord): Promise<Step[]> {
  const { previous } = deployment;
  const steps: Step[] = [];
  const mayGo = await allowedToGo(deployment, record);
  for (const resource of previous) {
    if (resource.viewOf || !mayGo(resource)) continue;
    if (resource.delete) {
      if (record.pendingDeletes.has(resource)) continue;
      record.deletes.add(resource.urn);
      steps.push(new DeleteStep(deployment, resource, { replaced: true, alsoDeleted: record.deletes }));
    } else if (!record.keeps(resource.urn) && !isRefreshedAway(record, resource)) {
      record.deletes.add(resource.urn);
      const current = currentOf(record, resource);
      steps.push(
        resource.pendingReplacement
          ? new RemovePendingReplaceStep(deployment, current)
          : new DeleteStep(deployment, current, { alsoDeleted: record.deletes }),
      );
    }
  }
  for (const resource of record.toDelete) {
    if (!mayGo(resource)) continue;
    record.deletes.add(resource.urn);
    steps.push(new DeleteStep(deployment, resource, { alsoDeleted: record.deletes }));
  }
  await ensureProviders(deployment, steps);
  refuseUntargeted(deployment, record, steps);
  const allowed = withoutNeeded(deployment, record, steps);
  deployment.plans.check(allowed);
  return allowed;
}

/**
 * What stays because it was not targeted keeps what it needs from being deleted: a provider that was replaced,
 * a parent. The next run tries again.
 */
function withoutNeeded(deployment: Deployment, record: RunRecord, steps: Step[]): Step[] {
  const { news, previous } = deployment;
  const superseded = (old: ResourceState) => news.has(old.urn) || record.aliased.has(old.urn);
  const condemned = new Map(steps.map((step) => [step.old!, step]));
  const byName = new Map<string, ResourceState[]>();
  for (const resource of condemned.keys()) {
    const name = isProviderType(resource.type) ? providerReference(resource.urn, resource.id) : "";
    // What waits for its deletion has a successor that references mean.
    for (const key of [name, resource.delete ? "" : resource.urn]) {
      if (key === "") continue;
      const list = byName.get(key);
      if (list) list.push(resource);
      else byName.set(key, [resource]);
    }
  }
  const staying = [...news.values(), ...previous.filter((old) => !superseded(old))].filter(
    (one) => !condemned.has(one),
  );
  for (let next = staying.pop(); next; next = staying.pop()) {
    const needed = [...referencesOf(next).map((reference) => reference.urn), next.provider];
    for (const resource of needed.flatMap((name) => byName.get(name) ?? [])) {
      if (condemned.delete(resource)) staying.push(resource);
    }
  }
  const allowed = steps.filter((step) => condemned.has(step.old!));
  const going = new Set(allowed.map((step) => step.urn));
  // What stays takes nothing with it.
  for (const step of steps) if (!going.has(step.urn)) record.deletes.delete(step.urn);
  return allowed;
}

const isRefreshedAway = (record: RunRecord, resource: ResourceState) =>
  record.refreshed.has(resource.urn) && record.refreshed.get(resource.urn) === undefined;

const currentOf = (record: RunRecord, resource: ResourceState) =>
  record.refreshed.get(resource.urn) ?? resource;

async function ensureProviders(deployment: Deployment, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    const resource = step.old!;
    if (resource.provider) await deployment.providers.ensure(resource.provider, deployment.previous);
  }
}

/** Which resources the targets, or what is excluded, let go. */
async function allowedToGo(
  deployment: Deployment,
  record: RunRecord,
): Promise<(resource: ResourceState) => boolean> {
  const { targets, excludes } = deployment.options;
  if (targets.constrained) {
    const allowed = await implicated(deployment, record, targets);
    return ({ urn }) => allowed.has(urn);
  }
  if (!excludes.constrained) return () => true;
  const staying = excludedWithNeeds(deployment, record);
  return ({ urn }) => !staying.has(urn);
}

/** @throws ToldError when something would go that was not asked for */
function refuseUntargeted(deployment: Deployment, record: RunRecord, steps: readonly Step[]): void {
  const { targets, targetDependents, dryRun } = deployment.options;
  if (!targets.constrained || targetDependents) return;
  const refused = steps.filter((step) => !targets.names(step.urn));
  for (const { urn } of refused) {
    deployment.events.diagnostic(
      "error",
      `Resource '${urn}' will be destroyed but was not specified in --target list.\n` +
        "Either include resource in --target list or pass --target-dependents to proceed.",
      urn,
    );
    record.sawError = true;
  }
  if (refused.length > 0 && !dryRun) throw new ToldError("delete untargeted resource");
}

/** What is excluded stays, and so does everything that it needs; when that was asked for, what needs it as well. */
function excludedWithNeeds(deployment: Deployment, record: RunRecord): Set<Urn> {
  const { excludes, excludeDependents } = deployment.options;
  const graph = new DependencyGraph([...record.toDelete, ...deployment.previous], record.aliased);
  const stays = new Set<Urn>();
  const queue = deployment.previous.filter((resource) => excludes.names(resource.urn));
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (stays.has(next.urn)) continue;
    stays.add(next.urn);
    queue.push(...graph.dependenciesOf(next));
    if (excludeDependents) queue.push(...graph.dependingOn(next, stays, true));
  }
  return stays;
}

/** The targets with everything that depends on them, is a child of them, or would be replaced with them. */
async function implicated(deployment: Deployment, record: RunRecord, targets: UrnTargets): Promise<Set<Urn>> {
  const all = [...record.toDelete, ...deployment.previous];
  const graph = new DependencyGraph(all, record.aliased);
  const found = new Set<Urn>();
  const seen = new Set<ResourceState>();
  const nothing: ReadonlySet<Urn> = new Set();
  const queue = all.filter((resource) => targets.names(resource.urn));
  for (let next = queue.pop(); next; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    found.add(next.urn);
    queue.push(...graph.dependingOn(next, nothing, true));
  }
  for (const urn of [...found]) {
    const resource = deployment.olds.get(urn);
    if (!resource) continue;
    for (const dependent of await dependentReplacements(deployment, record, resource))
      found.add(dependent.resource.urn);
  }
  return found;
}

/**
 * Deletions in waves: those of one wave may run at once, the waves follow one another. Whatever depends on a
 * resource goes in an earlier wave than it.
 */
export function deletionWaves(deployment: Deployment, record: RunRecord, steps: readonly Step[]): Step[][] {
  const graph = new DependencyGraph([...record.toDelete, ...deployment.previous], record.aliased);
  const condemned = new Map(steps.map((step) => [step.old!, step]));
  const missing = new Map<ResourceState, number>();
  const neededBy = new Map<ResourceState, ResourceState[]>();
  for (const resource of condemned.keys()) {
    const needed = [...graph.dependenciesOf(resource)].filter((other) => condemned.has(other));
    missing.set(resource, needed.length);
    for (const other of needed) {
      const list = neededBy.get(other);
      if (list) list.push(resource);
      else neededBy.set(other, [resource]);
    }
  }
  const waves: Step[][] = [];
  let ready = [...condemned.keys()].filter((resource) => missing.get(resource) === 0);
  while (condemned.size > 0) {
    // A state in order has no cycles; a damaged one shall not hang the run.
    if (ready.length === 0) ready = [...condemned.keys()];
    waves.push(ready.map((resource) => condemned.get(resource)!));
    const next: ResourceState[] = [];
    for (const resource of ready) {
      condemned.delete(resource);
      for (const dependent of neededBy.get(resource) ?? []) {
        const left = missing.get(dependent)! - 1;
        missing.set(dependent, left);
        if (left === 0 && condemned.has(dependent)) next.push(dependent);
      }
    }
    ready = next;
  }
  return waves.reverse();
}

/** Steps that keep what was not targeted and got no step, so that the run accounts for it. */
export function keptUntargeted(deployment: Deployment, record: RunRecord, deleted: readonly Step[]): Step[] {
  const gone = new Set(deleted.map((step) => step.urn));
  return deployment.previous
    .filter((resource) => !resource.delete && !record.keeps(resource.urn) && !gone.has(resource.urn))
    .map((resource) => new SameStep(deployment, undefined, resource, resource).carried());
}
