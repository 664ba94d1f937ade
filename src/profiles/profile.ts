/** A family as the poller uses it, and how one is recognised. */
import type { ComponentClass } from "../samples/types.ts";
import { isWithin } from "./oid.ts";
import type { Lookup, Rule } from "./rule.ts";

export interface Probe {
  oid: string;
  matches?: RegExp;
}

export interface Match {
  /** Numeric prefix of sysObjectID. */
  sysObjectId?: string;
  sysDescr?: RegExp;
  notSysDescr?: RegExp;
  probe?: Probe;
}

/** Where a fact about a device is found. `entity` is ENTITY-MIB's chassis. */
export type Fact =
  | { from: "oid"; oid: string; match?: RegExp }
  | { from: "first"; oid: string; match?: RegExp }
  | { from: "sysDescr"; match: RegExp }
  | { from: "entity"; column: string; match?: RegExp }
  | { from: "sysObjectId"; map: ReadonlyMap<string, string> };

export type FactName = "model" | "serial" | "softwareVersion" | "vendor";

/** Everything to ask a device of one family. */
export interface Profile {
  family: string;
  vendor: string;
  title: string;
  /** In the order they are tried: the family's, then the modules'. */
  rules: readonly Rule[];
  lookups: ReadonlyMap<string, Lookup>;
  facts: Readonly<Partial<Record<FactName, readonly Fact[]>>>;
  absent: Readonly<Partial<Record<ComponentClass, string>>>;
  /** Agents that are slow with GETs of many instances. */
  walksOnly: boolean;
}

/** A family that may be this device's: certain, or only if the device answers the probe. */
export interface Candidate {
  family: string;
  probe?: Probe;
}

interface Ranked extends Candidate {
  oidLength: number;
  conditions: number;
  priority: number;
}

/** Device text beyond this is not looked at by patterns. */
const longestText = 1024;

/** How well `match` fits; undefined when it does not. */
export function rankMatch(
  family: string,
  priority: number,
  match: Match,
  identity: { sysObjectId?: string; sysDescr?: string },
): Ranked | undefined {
  const descr = (identity.sysDescr ?? "").slice(0, longestText);
  if (match.sysObjectId !== undefined && !isWithin(identity.sysObjectId ?? "", match.sysObjectId))
    return undefined;
  if (match.sysDescr && !match.sysDescr.test(descr)) return undefined;
  if (match.notSysDescr?.test(descr)) return undefined;
  return {
    family,
    ...(match.probe && { probe: match.probe }),
    oidLength: match.sysObjectId === undefined ? 0 : match.sysObjectId.split(".").length,
    conditions: (match.sysDescr ? 1 : 0) + (match.probe ? 1 : 0),
    priority,
  };
}

/** Best first: longest sysObjectID prefix, most said besides, priority, name. */
export function compareRanks(left: Ranked, right: Ranked): number {
  return (
    right.oidLength - left.oidLength ||
    right.conditions - left.conditions ||
    right.priority - left.priority ||
    (left.family < right.family ? -1 : 1)
  );
}
