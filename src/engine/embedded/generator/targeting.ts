import { type ResourceState, referencesOf } from "../../state/resource.ts";
import type { UrnTargets } from "../../urn/targets.ts";
import {
  isProviderType,
  parseProviderReference,
  qualifiedTypeOf,
  ROOT_STACK_TYPE,
  type Urn,
} from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { RunRecord } from "./run-record.ts";

/** Every URN that a resource refers to, with its provider. */
export function dependenciesOf(resource: ResourceState): Urn[] {
  const urns = referencesOf(resource).map((reference) => reference.urn);
  if (resource.provider) urns.push(parseProviderReference(resource.provider).urn);
  return urns;
}

/** Whether the user wants this resource to change in this run. */
export function isTargeted(deployment: Deployment, record: RunRecord, resource: ResourceState): boolean {
  const { targets, targetDependents, excludes, excludeDependents } = deployment.options;
  if (excludes.names(resource.urn)) return false;
  if (excludeDependents && dependenciesOf(resource).some((urn) => excludes.names(urn))) {
    // What depends on this one is left out as well.
    excludes.add(resource.urn);
    return false;
  }
  if (!targets.constrained || targets.names(resource.urn)) return true;
  return targetDependents && dependenciesOf(resource).some((urn) => record.targets.names(urn));
}

/**
 * Whether every resource that is named in full exists, in the state or among what was registered; tells of those
 * that do not.
 */
export function targetsAreKnown(
  deployment: Deployment,
  targets: UrnTargets,
  registered: ReadonlySet<Urn> = new Set(),
): boolean {
  const before = new Set(deployment.previous.map((resource) => resource.urn));
  const unknown = [...targets.exact].filter((urn) => !before.has(urn) && !registered.has(urn));
  for (const urn of unknown) {
    const hint = urn.includes("$") ? "" : " Did you forget to escape $ in your shell?";
    deployment.events.diagnostic("error", `Target '${urn}' could not be found in the stack.${hint}`);
  }
  return unknown.length === 0;
}

/** Providers and the stack itself are part of every run. */
export function isAlwaysTargeted(resource: { urn: Urn; type: string }): boolean {
  return isProviderType(resource.type) || qualifiedTypeOf(resource.urn) === ROOT_STACK_TYPE;
}
