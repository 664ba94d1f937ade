/** One cycle of one device by its plan. */
import type { Component } from "../../samples/types.ts";
import type { SnmpSession, VarBind } from "../../snmp/types.ts";
import { cellText } from "./cell.ts";
import { addComponents, isFamiliar, viewOf } from "./components.ts";
import { discoverAs } from "./discover.ts";
import { failure } from "./failure.ts";
import { getMany } from "./get-many.ts";
import { identityScalars } from "./identify.ts";
import { hasMoved, hasRestarted, incarnationOf, watchOf } from "./incarnation.ts";
import type { Observation } from "./observation.ts";
import { type DevicePlan, systemScalars } from "./plan.ts";
import { beginCycle, type Cycle, readAll } from "./read-cycle.ts";

/** A table with rows the plan does not know makes a new discovery due, but not more often than this. */
const leastBetweenDiscoveriesMs = 600_000;
/**
 * Interfaces of access concentrators and hosts of containers come and go all the time: after so many cycles in a row
 * in which the table had changed, names are checked every cycle instead, and new rows wait for the next discovery.
 */
const mostMoves = 2;

/**
 * Measures a device by its plan. Never rejects: no answer, refusal and garbage are outcomes. When the device shows
 * that it has restarted, or that its tables have changed, it is discovered anew and `plan` is brought up to date.
 */
export async function observeDevice(session: SnmpSession, plan: DevicePlan): Promise<Observation> {
  try {
    return await observe(beginCycle(session, plan));
  } catch (error) {
    return {
      incarnation: {},
      system: plan.system,
      components: [],
      incomplete: [],
      absent: plan.absent,
      ...failure(error),
    };
  }
}

async function observe(cycle: Cycle): Promise<Observation> {
  const { plan } = cycle;
  const isDue = Date.now() >= plan.rediscoverAtMs;
  await readAll(cycle);
  const watch = watchOf(scalarOf(cycle));
  if (hasRestarted(plan.watch, watch) || !isGuarded(cycle)) return rediscover(cycle, true);
  plan.moves = hasMoved(plan.watch, watch) ? plan.moves + 1 : 0;
  if (plan.moves > 0 && plan.moves <= mostMoves) return rediscover(cycle, true);
  plan.stale ||= plan.moves > 0;
  plan.watch = { ...plan.watch, ...watch };
  if (isDue) return rediscover(cycle, false);
  const components = componentsOf(cycle);
  if (plan.stale && Date.now() - plan.discoveredAtMs >= leastBetweenDiscoveriesMs) {
    return rediscover(cycle, false);
  }
  return observationOf(cycle, components);
}

/** The system scalars of the cycle, by OID. */
const scalarOf =
  ({ plan, scalars }: Cycle) =>
  (oid: string): VarBind | undefined =>
    scalars[plan.scalars.indexOf(oid)];

function observationOf(cycle: Cycle, components: readonly Component[]): Observation {
  const { plan, problem } = cycle;
  const incomplete = [...new Set([...cycle.incomplete, ...plan.undiscovered])];
  const isPartial = incomplete.length > 0;
  const isAnythingRead =
    cycle.scalars.some((cell) => cell !== undefined) ||
    components.some(({ measurements }) => Object.keys(measurements).length > 0);
  return {
    incarnation: incarnationOf(scalarOf(cycle)),
    system: plan.system,
    components,
    incomplete,
    absent: plan.absent,
    // Answers of which nothing can be used are not a part of the device.
    outcome: !isPartial
      ? "complete"
      : isAnythingRead || problem === undefined
        ? "partial"
        : failure(problem).outcome,
    ...(isPartial && {
      error:
        problem === undefined
          ? { code: "incomplete", message: `not read to the end: ${incomplete.join(", ")}` }
          : failure(problem).error,
    }),
  };
}

/** Are interfaces still the rows they were? Only asked of agents without ifTableLastChange. */
function isGuarded({ plan, results }: Cycle): boolean {
  for (const reading of plan.readings) {
    const result = reading.guard && results.get(reading);
    if (!reading.guard || !result?.complete) continue;
    const { names, position } = reading.guard;
    const cells = result.columns[position] ?? [];
    for (let row = 0; row < result.indexes.length; row++) {
      const name = names.get(result.indexes[row]!);
      if (name !== undefined && name !== cellText(cells[row])) return false;
    }
  }
  return true;
}

function componentsOf({ plan, results, scalars }: Cycle): Component[] {
  const components: Component[] = [];
  for (const reading of plan.readings) {
    const result = results.get(reading);
    if (result === undefined) continue;
    for (const use of reading.uses) {
      addComponents(use, result.indexes, viewOf(use, result.columns, scalars), components);
    }
    if (result.complete && !isFamiliar(reading.known, result.indexes)) plan.stale = true;
  }
  for (const use of plan.scalarUses) addComponents(use, [""], viewOf(use, [], scalars), components);
  for (const component of plan.constant) components.push(component);
  return components;
}

/**
 * The device is not what it was: everything anew, as the family chosen before. A discovery that broke off replaces
 * the plan only when the old one cannot be right any more.
 */
async function rediscover(cycle: Cycle, isOutdated: boolean): Promise<Observation> {
  const { plan, session } = cycle;
  const system = await getMany(session, [...Object.values(systemScalars), ...Object.values(identityScalars)]);
  const { plan: fresh, observation } = await discoverAs(session, plan.profile, system, {
    device: plan.device,
    full: plan.full,
    ...(plan.walksOnly && { walksOnly: true }),
    moves: plan.moves,
  });
  const isBetter = observation.outcome === "complete" || (isOutdated && observation.components.length > 0);
  if (fresh && isBetter) Object.assign(plan, fresh);
  else plan.rediscoverAtMs = Date.now() + leastBetweenDiscoveriesMs;
  return observation;
}
