/** All families and modules together: inheritance, compilation when first needed, and the choice of a family. */
import { compileLookup, compileRule, compileStates, expandReading } from "./compile.ts";
import type { ReadFile } from "./file.ts";
import { resolveOid } from "./oid.ts";
import { type Complain, didYouMean, ProfileError, type ProfileProblem } from "./problems.ts";
import {
  type Candidate,
  compareRanks,
  type Fact,
  type FactName,
  type Match,
  type Profile,
  rankMatch,
} from "./profile.ts";
import type { Lookup, Rule, StateMap } from "./rule.ts";
import type { FactFile, FamilyFile, MatchFile, ModuleFile, RuleFile } from "./schema.ts";
import { componentClasses } from "./vocabulary.ts";

/** The family of devices nothing else recognises: the standard modules, by what answers. */
export const genericFamily = "generic";

interface Loaded<Data> {
  data: Data;
  complain: Complain;
}

export class ProfileSet {
  readonly #families = new Map<string, Loaded<FamilyFile>>();
  readonly #modules = new Map<string, Loaded<ModuleFile>>();
  readonly #profiles = new Map<string, Profile>();
  readonly #lookups = new Map<string, Lookup>();
  readonly #states = new Map<string, StateMap>();
  readonly #moduleRules = new Map<string, readonly Rule[]>();
  #matches: { family: string; priority: number; match: Match }[] | undefined;
  readonly #problems: ProfileProblem[];

  /** `problems` is where the files' `complain` writes. Later files replace earlier ones of the same name. */
  constructor(files: readonly ReadFile[], problems: ProfileProblem[]) {
    this.#problems = problems;
    for (const { file, complain } of files) {
      if (file?.kind === "family") this.#families.set(file.data.family, { data: file.data, complain });
      if (file?.kind === "module") this.#modules.set(file.data.module, { data: file.data, complain });
    }
    for (const { data, complain } of this.#modules.values()) {
      for (const [name, states] of Object.entries(data.states)) this.#states.set(name, compileStates(states));
      for (const [name, lookup] of Object.entries(data.lookups)) {
        const compiled = compileLookup(name, lookup, data.prefixes, below(complain, ["lookups", name]));
        if (compiled) this.#lookups.set(name, compiled);
      }
    }
    this.#throwProblems();
  }

  /** Names of all families, "generic" too. */
  get families(): string[] {
    return [...new Set([...this.#families.keys(), genericFamily])].sort();
  }

  /** Title and vendor of a family; undefined when there is none of that name. */
  describe(
    family: string,
  ): { family: string; vendor: string; title: string; matches: readonly MatchFile[] } | undefined {
    if (family === genericFamily && !this.#families.has(family))
      return { family, vendor: "", title: "Any device, by standard MIBs", matches: [] };
    const loaded = this.#families.get(family);
    return (
      loaded && { family, vendor: loaded.data.vendor, title: loaded.data.title, matches: loaded.data.match }
    );
  }

  /** Compiles every file; throws ProfileError with all their problems. What a center's own files get, and our tests. */
  compileAll(): void {
    for (const family of this.families) this.#compile(family);
    this.#throwProblems();
  }

  /** The family's profile. Throws ProfileError when its files are wrong or there is no such family. */
  profile(family: string): Profile {
    const known = this.#profiles.get(family);
    if (known) return known;
    const profile = this.#compile(family);
    this.#throwProblems();
    this.#profiles.set(family, profile);
    return profile;
  }

  /** Families that may be this device's, best first; ends with one that needs no probe ("generic" at last). */
  candidates(identity: { sysObjectId?: string; sysDescr?: string }): Candidate[] {
    const ranked = this.#allMatches()
      .flatMap(({ family, priority, match }) => rankMatch(family, priority, match, identity) ?? [])
      .sort(compareRanks);
    const certain = ranked.findIndex((candidate) => candidate.probe === undefined);
    const open: Candidate[] =
      certain < 0 ? [...ranked, { family: genericFamily }] : ranked.slice(0, certain + 1);
    return open.map(({ family, probe }) => ({ family, ...(probe && { probe }) }));
  }

  #throwProblems(): void {
    if (this.#problems.length > 0) throw new ProfileError(this.#problems);
  }

  #allMatches(): { family: string; priority: number; match: Match }[] {
    this.#matches ??= [...this.#families.values()].flatMap(({ data, complain }) => {
      const prefixes = this.#inherited(data, complain).prefixes;
      return data.match.map((match, at) => ({
        family: data.family,
        priority: data.priority,
        match: compileMatch(match, prefixes, below(complain, ["match", at])),
      }));
    });
    this.#throwProblems();
    return this.#matches;
  }

  #compile(family: string): Profile {
    const loaded = this.#families.get(family);
    if (!loaded && family !== genericFamily) {
      const hint = didYouMean(family, this.families);
      throw new ProfileError([
        {
          file: "profiles",
          line: 1,
          column: 1,
          code: "unknown-family",
          message: `no profile family "${family}"`,
          ...(hint && { hint }),
        },
      ]);
    }
    const data = loaded ? this.#inherited(loaded.data, loaded.complain) : emptyFamily;
    const complain: Complain = loaded?.complain ?? (() => undefined);
    const own = compileParts(family, data, this.#lookups, this.#states, complain);
    const shared = this.#modulesOf(data, complain).flatMap((module) => this.#rulesOf(module));
    shared.sort((left, right) => (left.order ?? 0) - (right.order ?? 0));
    const skip = new Set(data.skip);
    const rules = [...own.rules, ...shared].filter(
      (rule) => !skip.has(rule.id) && !skip.has(rule.id.slice(0, rule.id.indexOf("."))),
    );
    this.#checkSkip(data.skip, complain);
    return {
      family,
      vendor: data.vendor,
      title: data.title,
      rules,
      lookups: own.lookups,
      facts: compileFacts(data, complain),
      absent: data.absent,
    };
  }

  #modulesOf(data: FamilyFile, complain: Complain): string[] {
    for (const [at, name] of data.modules.entries()) {
      if (!this.#modules.has(name))
        complain(
          ["modules", at],
          "unknown-module",
          `no module "${name}"`,
          didYouMean(name, this.#modules.keys()),
        );
    }
    return [...this.#modules.values()]
      .filter((module) => module.data.standard || data.modules.includes(module.data.module))
      .sort(
        (left, right) =>
          left.data.order - right.data.order || (left.data.module < right.data.module ? -1 : 1),
      )
      .map((module) => module.data.module);
  }

  #rulesOf(module: string): readonly Rule[] {
    const known = this.#moduleRules.get(module);
    if (known) return known;
    const { data, complain } = this.#modules.get(module)!;
    const compiled = compileParts(module, data, this.#lookups, this.#states, complain);
    const rules = compiled.rules.map((rule) => ({
      ...rule,
      order: rule.order ?? data.order,
      unless: [...rule.unless, ...data.unless],
    }));
    this.#moduleRules.set(module, rules);
    return rules;
  }

  #checkSkip(skip: readonly string[], complain: Complain): void {
    const known = new Set(this.#modules.keys());
    for (const module of this.#modules.keys()) for (const rule of this.#rulesOf(module)) known.add(rule.id);
    for (const [at, name] of skip.entries()) {
      if (!known.has(name))
        complain(["skip", at], "unknown-module", `no module or rule "${name}"`, didYouMean(name, known));
    }
  }

  /** The family's file with what it takes over from the one it extends. */
  #inherited(data: FamilyFile, complain: Complain, depth = 0): FamilyFile {
    if (data.extends === undefined) return data;
    const parent = this.#families.get(data.extends);
    if (!parent || depth > 4) {
      complain(
        ["extends"],
        "unknown-family",
        `no family "${data.extends}" to extend`,
        didYouMean(data.extends, this.#families.keys()),
      );
      return data;
    }
    const base = this.#inherited(parent.data, parent.complain, depth + 1);
    const replaced = new Set(data.components.map(ruleId));
    return {
      ...data,
      prefixes: { ...base.prefixes, ...data.prefixes },
      states: { ...base.states, ...data.states },
      lookups: { ...base.lookups, ...data.lookups },
      // Own rules first, as in `problems` their positions are those of the own file.
      components: [...data.components, ...base.components.filter((rule) => !replaced.has(ruleId(rule)))],
      readings: [
        ...data.readings,
        ...base.readings.filter(
          (reading) => !data.readings.some((own) => own.class === reading.class && own.key === reading.key),
        ),
      ],
      modules: [...new Set([...base.modules, ...data.modules])],
      skip: [...new Set([...base.skip, ...data.skip])],
      absent: { ...base.absent, ...data.absent },
      identity: { ...base.identity, ...data.identity },
    };
  }
}

const emptyFamily: FamilyFile = {
  family: genericFamily,
  vendor: "",
  title: "Any device, by standard MIBs",
  match: [],
  priority: 0,
  modules: [],
  skip: [],
  identity: {},
  absent: {},
  prefixes: {},
  states: {},
  lookups: {},
  readings: [],
  components: [],
};

function ruleId(rule: RuleFile): string {
  return rule.id ?? (typeof rule.class === "string" ? rule.class : "rule");
}

/** Complaints about a part of a file, by path inside that part. */
function below(complain: Complain, path: readonly PropertyKey[]): Complain {
  return (inner, ...rest) => complain([...path, ...inner], ...rest);
}

function compileParts(
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

function compileMatch(
  file: MatchFile,
  prefixes: Readonly<Record<string, string>>,
  complain: Complain,
): Match {
  const oid = (text: string, key: string): string => {
    const resolved = resolveOid(text, prefixes);
    if (resolved === undefined) complain([key], "unknown-prefix", `unknown prefix in "${text}"`);
    return resolved ?? "0.0";
  };
  const probe = typeof file.probe === "string" ? { oid: file.probe } : file.probe;
  return {
    ...(file.sysObjectId !== undefined && { sysObjectId: oid(file.sysObjectId, "sysObjectId") }),
    ...(file.sysDescr !== undefined && { sysDescr: new RegExp(file.sysDescr, "i") }),
    ...(file.notSysDescr !== undefined && { notSysDescr: new RegExp(file.notSysDescr, "i") }),
    ...(probe && {
      probe: {
        oid: oid(probe.oid, "probe"),
        ...("matches" in probe && { matches: new RegExp(probe.matches, "i") }),
      },
    }),
  };
}

const entityFacts: Readonly<Record<FactName, readonly Fact[]>> = {
  model: [{ from: "entity", column: "model" }],
  serial: [{ from: "entity", column: "serial" }],
  softwareVersion: [{ from: "entity", column: "software" }],
  vendor: [],
};

/** The family's own places first, then ENTITY-MIB's chassis. */
function compileFacts(data: FamilyFile, complain: Complain): Record<FactName, readonly Fact[]> {
  const compile = (name: FactName): readonly Fact[] => {
    const own = (data.identity[name] ?? []).map((file, at) =>
      compileFact(file, data.prefixes, below(complain, ["identity", name, at])),
    );
    return [...own, ...entityFacts[name]];
  };
  return {
    model: compile("model"),
    serial: compile("serial"),
    softwareVersion: compile("softwareVersion"),
    vendor: compile("vendor"),
  };
}

function compileFact(file: FactFile, prefixes: Readonly<Record<string, string>>, complain: Complain): Fact {
  const oid = (text: string): string => {
    const resolved = resolveOid(text, prefixes);
    if (resolved === undefined) complain([], "unknown-prefix", `unknown prefix in "${text}"`);
    return resolved ?? "0.0";
  };
  const match = "match" in file && file.match !== undefined ? { match: new RegExp(file.match, "i") } : {};
  if ("oid" in file) return { from: "oid", oid: oid(file.oid), ...match };
  if ("first" in file) return { from: "first", oid: oid(file.first), ...match };
  if ("sysDescr" in file) return { from: "sysDescr", match: new RegExp(file.sysDescr, "i") };
  if ("entity" in file) return { from: "entity", column: file.entity, ...match };
  return {
    from: "sysObjectId",
    map: new Map(Object.entries(file.sysObjectId).map(([key, model]) => [oid(key), model])),
  };
}
