import { type ResourceState, referencesOf } from "../../state/resource.ts";
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

/** Providers and the stack itself are part of every run. */
export function isAlwaysTargeted(resource: { urn: Urn; type: string }): boolean {
  return isProviderType(resource.type) || qualifiedTypeOf(resource.urn) === ROOT_STACK_TYPE;
}
