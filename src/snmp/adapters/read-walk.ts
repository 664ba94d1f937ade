import { boundsOf, FIRST_REPETITIONS, statusError } from "../bounds.ts";
import { compareOidText } from "../codec/oid.ts";
import { SnmpRequestError } from "../error.ts";
import type { Exchange, Reply } from "../get.ts";
import type { SnmpTarget, VarBind, WalkEnding, WalkLimits, WalkResult } from "../types.ts";

const NO_SUCH_NAME = 2;
/** What one variable takes on the wire, about: foreign drivers do not tell the size of a datagram. */
const OCTETS_EACH = 30;

/** GETBULK, or GETNEXT towards an SNMPv1 agent; in halves when the agent says tooBig. */
export async function askFurther(
  exchange: Exchange,
  target: SnmpTarget,
  oids: readonly string[],
): Promise<Reply> {
  if (target.credential.version === "1") return exchange.ask("get-next", oids);
  for (;;) {
    const fitting = Math.max(1, Math.floor(exchange.size.variables(performance.now()) / oids.length));
    const maxRepetitions = Math.min(target.maxRepetitions ?? FIRST_REPETITIONS, fitting);
    const reply = await exchange.ask("get-bulk", oids, { nonRepeaters: 0, maxRepetitions });
    const tooMany = (reply.errorStatus === 1 || reply.errorStatus === 5) && maxRepetitions > 1;
    if (!tooMany) return reply;
    exchange.size.refused(performance.now(), maxRepetitions * oids.length);
  }
}

/** Whether this is the end of what an agent has. */
export function isPastEnd({ type }: VarBind): boolean {
  return type === "endOfMibView" || type === "noSuchObject" || type === "noSuchInstance";
}

/** A walk with a driver that gives whole responses. */
export async function readWalk(
  exchange: Exchange,
  target: SnmpTarget,
  root: string,
  onVarBinds: (varBinds: readonly VarBind[]) => void,
  limits: WalkLimits | undefined,
): Promise<WalkResult> {
  const bounds = boundsOf(limits, performance.now());
  const below = `${root.replace(/^\./, "")}.`;
  let last = below.slice(0, -1);
  let rows = 0;
  const end = (ending: WalkEnding, error?: SnmpRequestError): WalkResult => ({
    ending,
    complete: ending === "end",
    rows,
    ...(error && { error }),
  });
  for (;;) {
    let reply: Reply;
    try {
      reply = await askFurther(exchange, target, [last]);
    } catch (error) {
      if (rows === 0 || !(error instanceof SnmpRequestError)) throw error;
      return end(error.code === "timeout" ? "timeout" : "error", error);
    }
    if (reply.errorStatus === NO_SUCH_NAME) return end("end");
    if (reply.errorStatus !== 0) {
      const error = statusError(exchange.address, reply.errorStatus, reply.errorIndex);
      if (rows === 0) throw error;
      return end("error", error);
    }
    const { batch, ending } = takeWhileBelow(reply.varBinds, below, last);
    rows += batch.length;
    if (batch.length > 0) onVarBinds(batch);
    if (ending) return end(ending);
    if (batch.length === 0) {
      return end(
        "error",
        new SnmpRequestError("mismatch", exchange.address, "the agent answered without variables"),
      );
    }
    if (rows >= bounds.maxRows) return end("row-limit");
    if (rows * OCTETS_EACH >= bounds.maxOctets) return end("octet-limit");
    if (performance.now() >= bounds.endsMs) return end("time-limit");
    last = batch.at(-1)!.oid;
  }
}

function takeWhileBelow(
  varBinds: readonly VarBind[],
  below: string,
  last: string,
): { batch: VarBind[]; ending?: WalkEnding } {
  const batch: VarBind[] = [];
  let previous = last;
  for (const varBind of varBinds) {
    if (isPastEnd(varBind)) return { batch, ending: "end" };
    const forward = compareOidText(varBind.oid, previous) > 0;
    if (!varBind.oid.startsWith(below) && forward) return { batch, ending: "end" };
    if (!forward) return { batch, ending: "not-increasing" };
    batch.push(varBind);
    previous = varBind.oid;
  }
  return { batch };
}
