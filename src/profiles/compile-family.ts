/** What only families have: how they are recognised, and where a device says what it is. */
import { resolveOid } from "./oid.ts";
import { below, type Complain } from "./problems.ts";
import type { Fact, FactName, Match } from "./profile.ts";
import type { FactFile, FamilyFile, MatchFile } from "./schema.ts";

export function compileMatch(
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
  // Families know their vendor; only devices of none ("generic") are asked.
  vendor: [{ from: "entity", column: "manufacturer" }],
};

/** The family's own places first, then ENTITY-MIB's chassis. */
export function compileFacts(data: FamilyFile, complain: Complain): Record<FactName, readonly Fact[]> {
  const compile = (name: FactName): readonly Fact[] => {
    const own = (data.identity[name] ?? []).map((file, at) =>
      compileFact(file, data.prefixes, below(complain, ["identity", name, at])),
    );
    return name === "vendor" && data.vendor !== "" ? own : [...own, ...entityFacts[name]];
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
