import {
  makeUrn,
  nameOf,
  parseUrn,
  qualifiedTypeOf,
  ROOT_STACK_TYPE,
  typeOf,
  type Urn,
} from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { Alias, ResourceGoal } from "../deploy/goal.ts";
import type { RunRecord } from "./run-record.ts";

/**
 * Every URN that a resource may have had: its own aliases, and, when its parent was renamed, what follows from
 * the parent's old name.
 */
export function possibleAliases(deployment: Deployment, record: RunRecord, goal: ResourceGoal): Urn[] {
  const own = goal.aliases.map((alias) => aliasUrn(deployment, record, goal, alias));
  const inherited: Urn[] = [];
  const parentAlias = goal.parent ? record.aliases.get(goal.parent) : undefined;
  if (parentAlias !== undefined) {
    const parentName = nameOf(goal.parent);
    inherited.push(childAlias(deployment, goal.type, goal.name, parentName, parentAlias));
    for (const urn of own)
      inherited.push(childAlias(deployment, typeOf(urn), nameOf(urn), parentName, parentAlias));
  }
  return [...new Set([...own, ...inherited])];
}

function aliasUrn(deployment: Deployment, record: RunRecord, goal: ResourceGoal, alias: Alias): Urn {
  if ("urn" in alias) return alias.urn;
  let parent = alias.parent ?? "";
  // If the parent goes by another name now, the resource's old URN was made from the parent's old one.
  if (parent === "") parent = goal.parent;
  else parent = record.aliases.get(parent) ?? parent;
  if (alias.noParent || (parent !== "" && qualifiedTypeOf(parent) === ROOT_STACK_TYPE)) parent = "";
  return makeUrn(
    alias.stack || deployment.stack,
    alias.project || deployment.project,
    parent,
    alias.type || goal.type,
    alias.name || goal.name,
  );
}

/** A child's URN below its parent's old one; a child named after its parent was named after the old one. */
function childAlias(
  deployment: Deployment,
  type: string,
  name: string,
  parentName: string,
  parentAlias: Urn,
): Urn {
  const oldName = name.startsWith(parentName) ? nameOf(parentAlias) + name.slice(parentName.length) : name;
  const parts = parseUrn(parentAlias);
  return makeUrn(
    parts?.stack ?? deployment.stack,
    parts?.project ?? deployment.project,
    parentAlias,
    type,
    oldName,
  );
}
