/** GET of many scalars: in requests of bearable size, around what agents refuse. */
import type { SnmpError, SnmpSession, VarBind } from "../../snmp/types.ts";

/** Variables of one request; some 1,200 octets of answer. Halved when the agent says tooBig or fails. */
const perRequest = 30;

export interface Scalars {
  /** By OID; only those with a value. */
  values: Map<string, VarBind>;
  /** False when a part could not be read at all. */
  complete: boolean;
}

/**
 * Reads scalars. What the agent does not have is left out. Rejects with SnmpError only when the very first request
 * gets no answer or no permission: then there is nothing to observe.
 */
export async function getMany(session: SnmpSession, oids: readonly string[]): Promise<Scalars> {
  const result: Scalars = { values: new Map(), complete: true };
  const unique = [...new Set(oids)];
  for (let at = 0; at < unique.length; at += perRequest) {
    await getPart(session, unique.slice(at, at + perRequest), result, at === 0);
  }
  return result;
}

async function getPart(
  session: SnmpSession,
  oids: readonly string[],
  result: Scalars,
  first: boolean,
): Promise<void> {
  if (oids.length === 0) return;
  try {
    for (const varBind of await session.get(oids)) {
      if (varBind.value !== null) result.values.set(varBind.oid, varBind);
    }
  } catch (thrown) {
    const error = thrown as SnmpError;
    if (error.code === "no-such-name") {
      // SNMPv1: one missing object spoils the request; ask again without it.
      const missing = (error.errorIndex ?? 1) - 1;
      const rest = oids.filter((_, at) => at !== missing);
      if (rest.length < oids.length) return getPart(session, rest, result, first);
    }
    const divisible = error.code === "too-big" || error.code === "general-error" || error.code === "mismatch";
    if (divisible && oids.length > 1) {
      const half = Math.ceil(oids.length / 2);
      await getPart(session, oids.slice(0, half), result, first);
      return getPart(session, oids.slice(half), result, first);
    }
    if (divisible) return;
    if (first) throw thrown;
    result.complete = false;
  }
}
