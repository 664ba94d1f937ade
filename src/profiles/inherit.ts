/** Families that take over another's: one tree under two vendors' numbers, or a model range with something of its own. */
import { type Complain, didYouMean } from "./problems.ts";
import type { FamilyFile, RuleFile } from "./schema.ts";

/** A checked file and how to complain about places in it. */
export interface Loaded<Data> {
  data: Data;
  complain: Complain;
}

/** A family that takes over from one that takes over …: more than this is a circle. */
const deepest = 4;

/** The family's file with what it takes over from the one it extends. Its own rules come first. */
export function inherited(
  { data, complain }: Loaded<FamilyFile>,
  families: ReadonlyMap<string, Loaded<FamilyFile>>,
  depth = 0,
): FamilyFile {
  if (data.extends === undefined) return data;
  const parent = families.get(data.extends);
  if (!parent || depth > deepest) {
    const hint = didYouMean(data.extends, families.keys());
    complain(["extends"], "unknown-family", `no family "${data.extends}" to extend`, hint);
    return data;
  }
  const base = inherited(parent, families, depth + 1);
  const replaced = new Set(data.components.map(ruleId));
  return {
    ...data,
    prefixes: { ...base.prefixes, ...data.prefixes },
    states: { ...base.states, ...data.states },
    lookups: { ...base.lookups, ...data.lookups },
    components: [...data.components, ...base.components.filter((rule) => !replaced.has(ruleId(rule)))],
    readings: [
      ...data.readings,
      ...base.readings.filter(
        (reading) => !data.readings.some((own) => own.class === reading.class && own.key === reading.key),
      ),
    ],
    modules: [...new Set([...base.modules, ...data.modules])],
    skip: [...new Set([...base.skip, ...data.skip])],
    walksOnly: base.walksOnly || data.walksOnly,
    absent: { ...base.absent, ...data.absent },
    identity: { ...base.identity, ...data.identity },
  };
}

function ruleId(rule: RuleFile): string {
  return rule.id ?? (typeof rule.class === "string" ? rule.class : "rule");
}

/** Nothing of its own: what `generic` is when no file says otherwise. */
export const emptyFamily: FamilyFile = {
  family: "generic",
  vendor: "",
  title: "Any device, by standard MIBs",
  match: [],
  priority: 0,
  modules: [],
  skip: [],
  identity: {},
  absent: {},
  walksOnly: false,
  prefixes: {},
  states: {},
  lookups: {},
  readings: [],
  components: [],
};
