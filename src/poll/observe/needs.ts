/** Which columns and scalars a rule needs when a device is discovered. */
import { expressionReferences } from "../../profiles/expression.ts";
import type { Profile } from "../../profiles/profile.ts";
import { type Reference, referencesOf } from "../../profiles/reference.ts";
import type { Lookup, Rule } from "../../profiles/rule.ts";
import { templateReferences } from "../../profiles/template.ts";

/** What was worked out before: thousands of devices share a profile, and its rules do not change. */
const known = new WeakMap<Profile, Record<"full" | "usual", Map<Rule, readonly string[]>>>();

/** OIDs of columns: the rule's own, then those of the lookups it points to. */
export function neededColumns(rule: Rule, profile: Profile, full: boolean): readonly string[] {
  let ofProfile = known.get(profile);
  if (ofProfile === undefined) {
    ofProfile = { full: new Map(), usual: new Map() };
    known.set(profile, ofProfile);
  }
  const ofRules = ofProfile[full ? "full" : "usual"];
  const columns = ofRules.get(rule) ?? findColumns(rule, profile, full);
  ofRules.set(rule, columns);
  return columns;
}

function findColumns(rule: Rule, profile: Profile, full: boolean): string[] {
  const own = rule.columns
    .filter((column) => !column.scalar && (full || column.read !== "show"))
    .map((column) => column.oid);
  const pointedTo = new Set<string>();
  for (const outer of allReferences(rule, full)) {
    for (const reference of referencesOf(outer)) {
      if (reference.kind !== "lookup") continue;
      const lookup = profile.lookups.get(reference.lookup);
      if (lookup === undefined) continue;
      for (const column of lookup.columns) if (column.name === reference.column) pointedTo.add(column.oid);
      for (const oid of searchedColumns(lookup)) pointedTo.add(oid);
    }
  }
  return [...own, ...pointedTo];
}

/** What must be read of a lookup before its rows can be found; nothing when the index says it all. */
export function searchedColumns({ by, only, columns }: Lookup): string[] {
  const named = only.map(({ column }) => column.oid);
  if (by === undefined) return named;
  if ("column" in by) return [by.column.oid, ...named];
  return named.length > 0 ? named : columns.slice(0, 1).map((column) => column.oid);
}

export function neededScalars(rule: Rule, full: boolean): string[] {
  return rule.columns
    .filter((column) => column.scalar && (full || column.read !== "show"))
    .map((column) => column.oid);
}

function* allReferences(rule: Rule, full: boolean): Generator<Reference> {
  if ("by" in rule.class) yield rule.class.by;
  for (const condition of rule.where) yield condition.reference;
  for (const template of rule.keys) yield* templateReferences(template);
  if (rule.label) yield* templateReferences(rule.label);
  for (const [, template] of rule.attributes) yield* templateReferences(template);
  for (const [, limit] of rule.limits) yield* expressionReferences(limit);
  for (const measurement of rule.measurements) {
    if (measurement.read === "show" && !full) continue;
    if ("by" in measurement.unit) yield measurement.unit.by;
    for (const source of measurement.sources) yield* expressionReferences(source);
  }
}
