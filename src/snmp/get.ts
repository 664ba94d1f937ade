import { statusError } from "./bounds.ts";
import { SnmpRequestError } from "./error.ts";
import type { ResponseSize } from "./response-size.ts";
import type { VarBind } from "./types.ts";

/** A response as it came. */
export interface Reply {
  errorStatus: number;
  errorIndex: number;
  varBinds: VarBind[];
}

/** One agent, one request at a time: what every driver can do. Rejects with SnmpRequestError. */
export interface Exchange {
  readonly address: string;
  readonly size: ResponseSize;
  ask(
    type: "get" | "get-next" | "get-bulk",
    oids: readonly string[],
    bulk?: { nonRepeaters: number; maxRepetitions: number },
  ): Promise<Reply>;
}

const TOO_BIG = 1;
const NO_SUCH_NAME = 2;
const GENERAL_ERROR = 5;

/**
 * GET or GETNEXT of any number of variables, in the order they were asked: as many per request as the agent takes,
 * in halves when it says tooBig. What an SNMPv1 agent does not have comes as noSuchInstance (GET) or endOfMibView
 * (GETNEXT), as in later versions, and does not take the others with it.
 */
export async function get(
  exchange: Exchange,
  type: "get" | "get-next",
  oids: readonly string[],
): Promise<VarBind[]> {
  const most = exchange.size.variables(performance.now());
  if (oids.length > most) return inParts(exchange, type, oids, most);
  const { errorStatus, errorIndex, varBinds } = await exchange.ask(type, oids);
  if (errorStatus === 0) return inOrder(exchange.address, type, oids, varBinds);
  const big = errorStatus === TOO_BIG || (errorStatus === GENERAL_ERROR && errorIndex === 0);
  if (big && oids.length > 1) {
    if (errorStatus === TOO_BIG) exchange.size.refused(performance.now(), oids.length);
    return inParts(exchange, type, oids, Math.ceil(oids.length / 2));
  }
  const missing = oids[errorIndex - 1];
  if (errorStatus !== NO_SUCH_NAME || missing === undefined)
    throw statusError(exchange.address, errorStatus, errorIndex);
  const rest = [...oids.slice(0, errorIndex - 1), ...oids.slice(errorIndex)];
  const found = rest.length === 0 ? [] : await get(exchange, type, rest);
  const absent: VarBind = {
    oid: missing,
    type: type === "get" ? "noSuchInstance" : "endOfMibView",
    value: null,
  };
  return [...found.slice(0, errorIndex - 1), absent, ...found.slice(errorIndex - 1)];
}

async function inParts(
  exchange: Exchange,
  type: "get" | "get-next",
  oids: readonly string[],
  size: number,
): Promise<VarBind[]> {
  const varBinds: VarBind[] = [];
  for (let from = 0; from < oids.length; from += size) {
    varBinds.push(...(await get(exchange, type, oids.slice(from, from + size))));
  }
  return varBinds;
}

/** Some agents leave variables out or change their order: a value belongs to its OID, not to its place. */
function inOrder(
  address: string,
  type: "get" | "get-next",
  oids: readonly string[],
  varBinds: VarBind[],
): VarBind[] {
  if (varBinds.length !== oids.length) {
    const detail = `the agent answered ${varBinds.length} variables to a request for ${oids.length}`;
    throw new SnmpRequestError("mismatch", address, detail);
  }
  if (type === "get-next") return varBinds;
  return oids.map((oid, place) => {
    const wanted = oid.startsWith(".") ? oid.slice(1) : oid;
    const found =
      varBinds[place]!.oid === wanted ? varBinds[place] : varBinds.find((varBind) => varBind.oid === wanted);
    if (!found)
      throw new SnmpRequestError("mismatch", address, `the agent answered other variables than ${oid}`);
    return found;
  });
}
