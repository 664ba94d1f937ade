import { boundsOf, statusError } from "../bounds.ts";
import { compareOidText } from "../codec/oid.ts";
import { SnmpRequestError } from "../error.ts";
import { type Exchange, get, type Reply } from "../get.ts";
import type { SnmpTarget, TableOptions, TableResult, VarBind, WalkEnding } from "../types.ts";
import { askFurther, isPastEnd } from "./read-walk.ts";

/** sysUpTime.0 (SNMPv2-MIB). */
const UP_TIME = "1.3.6.1.2.1.1.3.0";
const NO_SUCH_NAME = 2;
const OCTETS_EACH = 30;

interface Column {
  /** OID with a dot behind it. */
  below: string;
  /** The last OID that was read. */
  last: string;
  ended: boolean;
  cells: Map<string, VarBind>;
}

/** A table with a driver that gives whole responses. */
export async function readTable(
  exchange: Exchange,
  target: SnmpTarget,
  oids: readonly string[],
  options: TableOptions | undefined,
): Promise<TableResult> {
  const { scalars, watchRestart } = options ?? {};
  const head = await readHead(exchange, scalars, watchRestart);
  let result = await readColumns(exchange, target, oids, options);
  if (watchRestart && (await fell(exchange, head.upTimeTicks))) {
    head.upTimeTicks = (await readHead(exchange, undefined, true)).upTimeTicks;
    result = await readColumns(exchange, target, oids, options);
  }
  return { ...result, ...head };
}

async function readHead(
  exchange: Exchange,
  scalars: readonly string[] | undefined,
  watchRestart: boolean | undefined,
): Promise<Pick<TableResult, "scalars" | "upTimeTicks">> {
  const wanted = [...(watchRestart ? [UP_TIME] : []), ...(scalars ?? [])];
  if (wanted.length === 0) return {};
  const found = (await get(exchange, "get", wanted)).map((varBind) =>
    isPastEnd(varBind) ? undefined : varBind,
  );
  const upTime = watchRestart ? found.shift()?.value : undefined;
  return { ...(scalars && { scalars: found }), ...(typeof upTime === "number" && { upTimeTicks: upTime }) };
}

async function fell(exchange: Exchange, before: number | undefined): Promise<boolean> {
  const { upTimeTicks } = await readHead(exchange, undefined, true);
  return before !== undefined && upTimeTicks !== undefined && upTimeTicks < before && before < 0xffff0000;
}

async function readColumns(
  exchange: Exchange,
  target: SnmpTarget,
  oids: readonly string[],
  options: TableOptions | undefined,
): Promise<TableResult> {
  const bounds = boundsOf(options, performance.now());
  const columns = oids.map((text): Column => {
    const oid = text.replace(/^\./, "");
    return { below: `${oid}.`, last: oid, ended: false, cells: new Map() };
  });
  const indexes = new Set<string>();
  let variables = 0;
  for (;;) {
    const active = columns
      .filter((column) => !column.ended)
      .slice(0, exchange.size.variables(performance.now()));
    if (active.length === 0) return result(columns, indexes, "end");
    let reply: Reply;
    try {
      reply = await askFurther(
        exchange,
        target,
        active.map((column) => column.last),
      );
    } catch (error) {
      if (indexes.size === 0 || !(error instanceof SnmpRequestError)) throw error;
      return result(columns, indexes, error.code === "timeout" ? "timeout" : "error", error);
    }
    if (reply.errorStatus === NO_SUCH_NAME && active[reply.errorIndex - 1]) {
      active[reply.errorIndex - 1]!.ended = true;
      continue;
    }
    if (reply.errorStatus !== 0 || reply.varBinds.length === 0) {
      const error =
        reply.errorStatus === 0
          ? new SnmpRequestError("mismatch", exchange.address, "the agent answered without variables")
          : statusError(exchange.address, reply.errorStatus, reply.errorIndex);
      return result(columns, indexes, "error", error);
    }
    variables += reply.varBinds.length;
    if (!take(active, reply.varBinds, indexes)) return result(columns, indexes, "not-increasing");
    if (indexes.size >= bounds.maxRows) return result(columns, indexes, "row-limit");
    if (variables * OCTETS_EACH >= bounds.maxOctets) return result(columns, indexes, "octet-limit");
    if (performance.now() >= bounds.endsMs) return result(columns, indexes, "time-limit");
  }
}

/** Takes the repetitions of a response in; false when a column does not increase. */
function take(active: readonly Column[], varBinds: readonly VarBind[], indexes: Set<string>): boolean {
  for (const [i, varBind] of varBinds.entries()) {
    const column = active[i % active.length]!;
    if (column.ended) continue;
    if (isPastEnd(varBind) || !varBind.oid.startsWith(column.below)) {
      column.ended = true;
      continue;
    }
    if (compareOidText(varBind.oid, column.last) <= 0) return false;
    const index = varBind.oid.slice(column.below.length);
    indexes.add(index);
    column.cells.set(index, varBind);
    column.last = varBind.oid;
  }
  return true;
}

function result(
  columns: readonly Column[],
  found: ReadonlySet<string>,
  ending: WalkEnding,
  error?: SnmpRequestError,
): TableResult {
  const indexes = [...found].sort((a, b) => compareOidText(`1.3.${a}`, `1.3.${b}`));
  return {
    ending,
    complete: ending === "end",
    rows: indexes.length,
    indexes,
    columns: columns.map(({ cells }) => indexes.map((index) => cells.get(index))),
    ...(error && { error }),
  };
}
