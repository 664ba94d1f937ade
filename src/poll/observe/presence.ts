/** Which tables a device has at all: one GETNEXT each, many per request, so that absent ones are never walked. */
import { isWithin } from "../../profiles/oid.ts";
import type { SnmpError, SnmpSession } from "../../snmp/types.ts";

const perRequest = 20;

/** The entries below which the device has nothing. What cannot be told is taken to be there. */
export async function absentEntries(session: SnmpSession, entries: Iterable<string>): Promise<Set<string>> {
  const absent = new Set<string>();
  const all = [...new Set(entries)];
  for (let at = 0; at < all.length; at += perRequest) {
    if (!(await probe(session, all.slice(at, at + perRequest), absent))) break;
  }
  return absent;
}

/** False when the device does not answer: no use to go on. */
async function probe(
  session: SnmpSession,
  entries: readonly string[],
  absent: Set<string>,
): Promise<boolean> {
  if (entries.length === 0) return true;
  try {
    const found = await session.getNext(entries);
    for (const [at, entry] of entries.entries()) {
      const varBind = found[at];
      if (varBind !== undefined && (varBind.value === null || !isWithin(varBind.oid, entry)))
        absent.add(entry);
    }
    return true;
  } catch (thrown) {
    const error = thrown as SnmpError;
    if (error.code === "timeout" || error.code === "unreachable") return false;
    if (
      error.code === "no-such-name" &&
      error.errorIndex !== undefined &&
      entries[error.errorIndex - 1] !== undefined
    ) {
      // SNMPv1 at the end of the MIB: nothing comes after this one.
      absent.add(entries[error.errorIndex - 1]!);
      return probe(
        session,
        entries.filter((_, at) => at !== error.errorIndex! - 1),
        absent,
      );
    }
    if (entries.length === 1) return true;
    const half = Math.ceil(entries.length / 2);
    return (
      (await probe(session, entries.slice(0, half), absent)) && probe(session, entries.slice(half), absent)
    );
  }
}
