/** What a cycle asks: the scalars with the first table, the small tables in one GET, the others one by one. */
import type { ComponentClass } from "../../samples/types.ts";
import type { SnmpSession, TableResult, VarBind } from "../../snmp/types.ts";
import { endsWalk } from "./failure.ts";
import { getMany } from "./get-many.ts";
import { packedResults } from "./packed.ts";
import { type DevicePlan, systemScalars, type TableReading } from "./plan.ts";

/** Scalars that ride with the first table's request; more are asked by themselves. */
const mostRiding = 24;

/** What one cycle has read so far. */
export interface Cycle {
  session: SnmpSession;
  plan: DevicePlan;
  scalars: (VarBind | undefined)[];
  results: Map<TableReading, TableResult>;
  incomplete: Set<ComponentClass>;
  /** The first error of a table. */
  problem?: unknown;
}

export function beginCycle(session: SnmpSession, plan: DevicePlan): Cycle {
  return { session, plan, scalars: [], results: new Map(), incomplete: new Set() };
}

/** Reads everything of the plan. Rejects with SnmpError when nothing at all answers. */
export async function readAll(cycle: Cycle): Promise<void> {
  const { plan } = cycle;
  const tables = plan.readings.filter((reading) => reading.packed === undefined || plan.walksOnly);
  // Those that made trouble come last, so that they cost the others nothing.
  tables.sort((left, right) => left.troubles - right.troubles);
  const [first] = tables;
  const rides = first !== undefined && first.troubles === 0 && plan.scalars.length <= mostRiding;
  if (rides) {
    if (!(await readTable(cycle, first, true))) return;
  } else await readScalars(cycle);
  if (!(await readPacked(cycle))) return;
  for (const reading of tables)
    if (
      !cycle.results.has(reading) &&
      !(rides && reading === first) &&
      !(await readTable(cycle, reading, false))
    )
      return;
}

/** False when the device has stopped answering. */
async function readTable(cycle: Cycle, reading: TableReading, withScalars: boolean): Promise<boolean> {
  try {
    const options = withScalars ? { scalars: cycle.plan.scalars } : undefined;
    const result = await cycle.session.table(reading.columns, options);
    cycle.results.set(reading, result);
    if (withScalars) cycle.scalars = result.scalars ?? (await readScalars(cycle));
    if (result.complete) reading.troubles = 0;
    else trouble(cycle, reading, result.error);
    return result.complete || result.ending !== "timeout" || stillThere(cycle);
  } catch (error) {
    if (withScalars) await readScalars(cycle);
    trouble(cycle, reading, error);
    return !endsWalk(error) || stillThere(cycle);
  }
}

/**
 * The instances of small tables, all in one GET. An agent that cannot do that, or takes too long over it, is asked
 * for tables from then on. False when it has stopped answering.
 */
async function readPacked(cycle: Cycle): Promise<boolean> {
  const { plan, session } = cycle;
  if (plan.packed.length === 0 || plan.walksOnly) return true;
  try {
    const varBinds = await session.get(plan.packed);
    for (const [reading, result] of packedResults(plan.readings, varBinds))
      cycle.results.set(reading, result);
    return true;
  } catch (error) {
    if (endsWalk(error) && !(await stillThere(cycle))) return false;
    plan.walksOnly = true;
    for (const reading of plan.readings) {
      if (reading.packed !== undefined && !(await readTable(cycle, reading, false))) return false;
    }
    return true;
  }
}

function trouble(cycle: Cycle, reading: TableReading, error: unknown): void {
  reading.troubles += 1;
  cycle.problem ??= error;
  for (const componentClass of reading.classes) cycle.incomplete.add(componentClass);
}

async function readScalars(cycle: Cycle): Promise<(VarBind | undefined)[]> {
  const { values } = await getMany(cycle.session, cycle.plan.scalars);
  cycle.scalars = cycle.plan.scalars.map((oid) => values.get(oid));
  return cycle.scalars;
}

/** After a time-out: the device or only that table? When it is the device, what was not read is incomplete. */
async function stillThere(cycle: Cycle): Promise<boolean> {
  try {
    await cycle.session.get([systemScalars.sysUpTime]);
    return true;
  } catch (error) {
    cycle.problem ??= error;
    for (const reading of cycle.plan.readings) {
      if (cycle.results.has(reading)) continue;
      for (const componentClass of reading.classes) cycle.incomplete.add(componentClass);
    }
    return false;
  }
}
