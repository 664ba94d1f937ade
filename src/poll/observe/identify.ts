/** Which family a device is of, and what it says of itself. */
import {
  type Candidate,
  type Fact,
  type FactName,
  genericFamily,
  type Profile,
  type ProfileSet,
} from "../../profiles/index.ts";
import { isWithin } from "../../profiles/oid.ts";
import type { SystemIdentity } from "../../samples/types.ts";
import type { SnmpSession, VarBind } from "../../snmp/types.ts";
import { cellText } from "./cell.ts";
import type { DeviceScope } from "./scope.ts";

export const identityScalars = {
  sysDescr: "1.3.6.1.2.1.1.1.0",
  sysObjectId: "1.3.6.1.2.1.1.2.0",
  sysName: "1.3.6.1.2.1.1.5.0",
  sysLocation: "1.3.6.1.2.1.1.6.0",
} as const;

/** The best family. Probes ask the device, one GETNEXT each, only when a better family depends on them. */
export async function chooseFamily(
  session: SnmpSession,
  profiles: ProfileSet,
  scalars: ReadonlyMap<string, VarBind>,
): Promise<string> {
  const sysObjectId = scalars.get(identityScalars.sysObjectId)?.value;
  const candidates = profiles.candidates({
    ...(typeof sysObjectId === "string" && { sysObjectId }),
    sysDescr: cellText(scalars.get(identityScalars.sysDescr), { as: "text" }),
  });
  for (const candidate of candidates) {
    if (candidate.probe === undefined || (await answers(session, candidate.probe))) return candidate.family;
  }
  return genericFamily;
}

/** Does the device have an object at or below the probe, and does its text match? */
async function answers(session: SnmpSession, probe: NonNullable<Candidate["probe"]>): Promise<boolean> {
  try {
    const asked = probe.oid.endsWith(".0") ? probe.oid.slice(0, -2) : probe.oid;
    const [found] = await session.getNext([asked]);
    if (found === undefined || found.value === null || !isWithin(found.oid, probe.oid)) return false;
    return probe.matches?.test(cellText(found)) ?? true;
  } catch {
    return false;
  }
}

/** Scalars that facts of a profile need. */
export function factScalars(profile: Profile): string[] {
  return Object.values(profile.facts).flatMap((facts) =>
    facts.flatMap((fact) => (fact.from === "oid" ? [fact.oid] : [])),
  );
}

/** Columns that facts of a profile need, those of ENTITY-MIB's lookup too. */
export function factColumns(profile: Profile): string[] {
  const entity = profile.lookups.get("entity");
  const named = (name: string): string[] =>
    entity?.columns.filter((column) => column.name === name).map((column) => column.oid) ?? [];
  return Object.values(profile.facts)
    .flat()
    .flatMap((fact) =>
      fact.from === "first"
        ? [fact.oid]
        : fact.from === "entity"
          ? [...named("class"), ...named(fact.column)]
          : [],
    );
}

/** Everything a device says of itself, from its system group and the places its family names. */
export function identityOf(profile: Profile, scope: DeviceScope): SystemIdentity {
  const text = (oid: string): string => cellText(scope.scalars.get(oid), { as: "text" });
  const sysObjectId = scope.scalars.get(identityScalars.sysObjectId)?.value;
  const known: Partial<SystemIdentity> = {
    sysDescr: text(identityScalars.sysDescr),
    sysName: text(identityScalars.sysName),
    sysLocation: text(identityScalars.sysLocation),
    ...(typeof sysObjectId === "string" && { sysObjectId }),
    vendor: factText("vendor", profile, scope) || profile.vendor,
    model: factText("model", profile, scope),
    serial: factText("serial", profile, scope),
    softwareVersion: factText("softwareVersion", profile, scope),
  };
  const said = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== ""));
  return { family: profile.family, ...said };
}

function factText(name: FactName, profile: Profile, scope: DeviceScope): string {
  for (const fact of profile.facts[name] ?? []) {
    const text = oneFact(fact, profile, scope);
    if (text !== "") return text.slice(0, 255);
  }
  return "";
}

function oneFact(fact: Fact, profile: Profile, scope: DeviceScope): string {
  switch (fact.from) {
    case "oid":
      return cellText(scope.scalars.get(fact.oid), fact);
    case "first":
      for (const cell of scope.store.column(fact.oid).cells.values()) {
        const text = cellText(cell, fact);
        if (text !== "") return text;
      }
      return "";
    case "sysDescr":
      return (
        fact.match.exec(cellText(scope.scalars.get(identityScalars.sysDescr), { as: "text" }))?.[1]?.trim() ??
        ""
      );
    case "sysObjectId":
      return fact.map.get(String(scope.scalars.get(identityScalars.sysObjectId)?.value)) ?? "";
    case "entity":
      return entityText(fact, profile, scope);
  }
}

/** ENTITY-MIB classes that stand for the whole device: chassis 3, stack 11. A stack often says nothing of its own. */
const wholeDevice = ["3", "11"];

function entityText(fact: Extract<Fact, { from: "entity" }>, profile: Profile, scope: DeviceScope): string {
  const entity = profile.lookups.get("entity");
  const classes = entity?.columns.find((column) => column.name === "class");
  const wanted = entity?.columns.find((column) => column.name === fact.column);
  if (!classes || !wanted) return "";
  for (const [index, cell] of scope.store.column(classes.oid).cells) {
    if (!wholeDevice.includes(cellText(cell))) continue;
    const text = cellText(scope.store.cell(wanted.oid, index), { ...(fact.match && { match: fact.match }) });
    if (text !== "") return text;
  }
  return "";
}
