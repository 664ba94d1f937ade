/** A walk of a device as records that may be given away. */
import type { Profile } from "../../../profiles/profile.ts";
import type { VarBind } from "../../../snmp/types.ts";
import { Disguise } from "./disguise.ts";
import { treatmentOf } from "./policy.ts";
import { compareOids } from "./snmprec.ts";

export interface Anonymised {
  varBinds: VarBind[];
  /** Variables left out altogether, and values that got another. */
  leftOut: number;
  disguised: number;
}

/** What the profile reads as numbers, states or conditions: must stay readable. */
export function readByProfile(profile: Profile): Set<string> {
  const oids = new Set<string>();
  for (const rule of profile.rules) for (const column of rule.columns) oids.add(column.oid);
  return oids;
}

const sysDescr = "1.3.6.1.2.1.1.1.0";
const sysName = "1.3.6.1.2.1.1.5.0";

/** Disguises texts, addresses and MAC addresses, leaves out tables that tell of people and neighbours, sorts anew. */
export function anonymise(varBinds: readonly VarBind[], profile: Profile): Anonymised {
  const disguise = new Disguise();
  const known = readByProfile(profile);
  const kept = varBinds.filter(({ oid }) => treatmentOf(oid, known) !== "leave-out");
  // Addresses first: indexes may hold those that are values elsewhere.
  for (const { type, value } of kept) if (type === "IpAddress") disguise.address(String(value));
  const names = namesOf(kept);
  let disguised = 0;
  const result = kept.map((varBind) => {
    const other = {
      ...varBind,
      oid: disguise.oid(varBind.oid),
      value: disguisedValue(varBind, disguise, known, names),
    };
    if (other.oid !== varBind.oid || !isSame(other.value, varBind.value)) disguised += 1;
    return other;
  });
  result.sort((left, right) => compareOids(left.oid, right.oid));
  return { varBinds: result, leftOut: varBinds.length - kept.length, disguised };
}

/** What the device is called, short and qualified; Unix agents put their host name behind the system's ("Linux srv-01 6.1"). */
function namesOf(varBinds: readonly VarBind[]): string[] {
  const text = (wanted: string): string =>
    varBinds
      .find(({ oid }) => oid === wanted)
      ?.value?.toString()
      .trim() ?? "";
  const name = text(sysName);
  const node =
    /^(?:Linux|FreeBSD|OpenBSD|NetBSD|SunOS|Darwin|AIX|HP-UX) (\S+) /.exec(text(sysDescr))?.[1] ?? "";
  return [...new Set([name, name.split(".")[0]!, node])];
}

function disguisedValue(
  { oid, type, value }: VarBind,
  disguise: Disguise,
  known: ReadonlySet<string>,
  names: readonly string[],
): VarBind["value"] {
  if (type === "IpAddress") return disguise.address(String(value));
  if (!Buffer.isBuffer(value) || value.length === 0) return value;
  const treatment = treatmentOf(oid, known);
  const text = value.toString("utf8");
  if (/^[\t\n\r\x20-\x7e\u00a0-\uffff]*\0*$/.test(text)) {
    return Buffer.from(
      treatment === "keep"
        ? names.reduce((kept, name) => disguise.without(name, kept), text)
        : disguise.text(text),
    );
  }
  if (value.length === 6) return disguise.mac(value);
  // Other octets are flags and dates, but for those that name the device (engine, neighbours).
  return treatment === "disguise" && isName(oid) ? disguise.octets(value) : value;
}

/** snmpEngineID and LLDP's chassis and port ids, which hold addresses. */
function isName(oid: string): boolean {
  return oid.startsWith("1.3.6.1.6.3.10.2.1.1.") || oid.startsWith("1.0.8802.1.1.2.1.");
}

function isSame(left: VarBind["value"], right: VarBind["value"]): boolean {
  return Buffer.isBuffer(left) && Buffer.isBuffer(right) ? left.equals(right) : left === right;
}
