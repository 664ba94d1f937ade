/** Which columns and scalars a rule needs when a device is discovered. */
import { expressionReferences } from "../../profiles/expression.ts";
import type { Profile } from "../../profiles/profile.ts";
import { type Reference, referencesOf } from "../../profiles/reference.ts";
import type { Lookup, Rule } from "../../profiles/rule.ts";
import { templateReferences } from "../../profiles/template.ts";
import { factColumns, factScalars } from "./identify.ts";
import { entryOf } from "./table-store.ts";

/** What a whole profile needs. */
export interface Needs {
  columnsOf: ReadonlyMap<Rule, readonly string[]>;
  /** Columns of the facts about the device itself. */
  facts: readonly string[];
  /** Every entry one of these columns belongs to. */
  entries: readonly string[];
  scalars: readonly string[];
}

const known = new WeakMap<Profile, Map<boolean, Needs>>();

/** Worked out once a profile, whatever the number of its devices. */
export function needsOf(profile: Profile, full: boolean): Needs {
  const ofProfile = known.get(profile) ?? new Map<boolean, Needs>();
  known.set(profile, ofProfile);
  let needs = ofProfile.get(full);
  if (needs === undefined) {
    const columnsOf = new Map(profile.rules.map((rule) => [rule, neededColumns(rule, profile, full)]));
    const facts = factColumns(profile);
    const entries = [...new Set([...columnsOf.values()].flat().concat(facts).map(entryOf))];
    const scalars = [...profile.rules.flatMap((rule) => neededScalars(rule, full)), ...factScalars(profile)];
    needs = { columnsOf, facts, entries, scalars: [...new Set(scalars)] };
    ofProfile.set(full, needs);
  }
  return needs;
}

/** OIDs of columns: the rule's own, then those of the lookups it points to. */
function neededColumns(rule: Rule, profile: Profile, full: boolean): string[] {
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

function neededScalars(rule: Rule, full: boolean): string[] {
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
