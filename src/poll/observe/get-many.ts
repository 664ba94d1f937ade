/** GET of many scalars, around those an agent stumbles over. */
import type { SnmpError, SnmpSession, VarBind } from "../../snmp/types.ts";

/** Variables of one request; some 1,200 octets of answer. The session divides further for agents that cannot. */
const perRequest = 30;
/** Dividing down to one object takes six requests; when by then nothing at all was right, it is not one object's fault. */
const mostVain = 8;

export interface Scalars {
  /** By OID; only those with a value. */
  values: Map<string, VarBind>;
  /** False when a part could not be read at all. */
  complete: boolean;
  /** Requests that failed before anything was read. */
  vain: number;
}

/**
 * Reads scalars. What the agent does not have is left out. Rejects with SnmpError only when the very first request
 * gets no answer or no permission, or no answer to many of them can be used: then there is nothing to observe.
 */
export async function getMany(session: SnmpSession, oids: readonly string[]): Promise<Scalars> {
  const result: Scalars = { values: new Map(), complete: true, vain: 0 };
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
  try {
    for (const varBind of await session.get(oids)) {
      if (varBind.value !== null) result.values.set(varBind.oid, varBind);
    }
  } catch (thrown) {
    const { code } = thrown as SnmpError;
    if (result.values.size === 0 && ++result.vain >= mostVain) throw thrown;
    const isAnswered =
      code === "too-big" || code === "general-error" || code === "mismatch" || code === "no-such-name";
    if (isAnswered && oids.length > 1) {
      // One object the agent stumbles over must not take the others with it.
      const half = Math.ceil(oids.length / 2);
      await getPart(session, oids.slice(0, half), result, first);
      await getPart(session, oids.slice(half), result, first);
    } else if (!isAnswered) {
      if (first) throw thrown;
      result.complete = false;
    }
  }
}
