/** All families and modules together: inheritance, compilation when first needed, and the choice of a family. */
import { compileLookup, compileStates } from "./compile-columns.ts";
import { compileFacts, compileMatch } from "./compile-family.ts";
import { compileParts } from "./compile-parts.ts";
import type { ReadFile } from "./file.ts";
import { emptyFamily, inherited, type Loaded } from "./inherit.ts";
import { below, type Complain, didYouMean, ProfileError, type ProfileProblem } from "./problems.ts";
import { type Candidate, compareRanks, type Match, type Profile, rankMatch } from "./profile.ts";
import type { Lookup, Rule, StateMap } from "./rule.ts";
import type { FamilyFile, MatchFile, ModuleFile } from "./schema.ts";

/** The family of devices nothing else recognises: the standard modules, by what answers. */
export const genericFamily = "generic";

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
      const prefixes = inherited({ data, complain }, this.#families).prefixes;
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
    const data = loaded ? inherited(loaded, this.#families) : emptyFamily;
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
      walksOnly: data.walksOnly,
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
}
