/** The rules and lookups of a whole file. */
import { compileLookup, compileStates } from "./compile-columns.ts";
import { compileRule } from "./compile-rule.ts";
import { expandReading } from "./expand-reading.ts";
import { below, type Complain, didYouMean } from "./problems.ts";
import type { Lookup, Rule, StateMap } from "./rule.ts";
import type { FamilyFile, ModuleFile } from "./schema.ts";
import { componentClasses } from "./vocabulary.ts";

/** `shared` are those of the modules, which every file may use; a file's own go before them. */
export function compileParts(
  source: string,
  data: FamilyFile | ModuleFile,
  sharedLookups: ReadonlyMap<string, Lookup>,
  sharedStates: ReadonlyMap<string, StateMap>,
  complain: Complain,
): { rules: Rule[]; lookups: ReadonlyMap<string, Lookup> } {
  const states = new Map(sharedStates);
  for (const [name, file] of Object.entries(data.states)) states.set(name, compileStates(file));
  const lookups = new Map(sharedLookups);
  for (const [name, file] of Object.entries(data.lookups)) {
    const compiled = compileLookup(name, file, data.prefixes, below(complain, ["lookups", name]));
    if (compiled) lookups.set(name, compiled);
  }
  const around = { source, prefixes: data.prefixes, states, lookups };
  const rules = [
    ...data.components.map((file, at) => compileRule(file, around, below(complain, ["components", at]))),
    ...data.readings.map((file, at) =>
      compileRule(expandReading(file), around, below(complain, ["readings", at])),
    ),
  ];
  checkIds(rules, source, data, complain);
  return { rules, lookups };
}

/** Rule ids are unique; `unless` names classes or rules that exist (those of other files are not checked). */
function checkIds(
  rules: readonly Rule[],
  source: string,
  data: FamilyFile | ModuleFile,
  complain: Complain,
): void {
  const ids = new Set<string>();
  for (const [at, rule] of rules.entries()) {
    const path = at < data.components.length ? ["components", at] : ["readings", at - data.components.length];
    if (ids.has(rule.id))
      complain(
        path,
        "duplicate-id",
        `two rules are called "${rule.id.slice(source.length + 1)}": give this one an id of its own`,
      );
    ids.add(rule.id);
  }
  for (const [at, rule] of rules.entries()) {
    const path = at < data.components.length ? ["components", at] : ["readings", at - data.components.length];
    for (const name of rule.unless) {
      if (
        name.includes(".") ||
        ids.has(`${source}.${name}`) ||
        (componentClasses as readonly string[]).includes(name)
      )
        continue;
      complain(
        [...path, "unless"],
        "unknown-rule",
        `no class or rule "${name}"`,
        didYouMean(name, [...componentClasses, ...[...ids].map((id) => id.slice(source.length + 1))]),
      );
    }
  }
}
