/** The rules that found something, joined into readings: each table once, each scalar once. */
import type { Profile } from "../../profiles/profile.ts";
import type { Rule } from "../../profiles/rule.ts";
import type { Component, ComponentClass, SystemIdentity } from "../../samples/types.ts";
import type { VarBind } from "../../snmp/types.ts";
import { cellNumber, cellText } from "./cell.ts";
import { classesOf } from "./classes.ts";
import { addComponents } from "./components.ts";
import { incarnationOf } from "./incarnation.ts";
import type { Discovery } from "./observation.ts";
import {
  type DevicePlan,
  type RowPlan,
  type RuleUse,
  systemScalars,
  type TableReading,
  type Watch,
} from "./plan.ts";
import type { DeviceScope } from "./scope.ts";

/** A rule and the rows it found. */
export interface BoundRule {
  rule: Rule;
  rows: Map<string, RowPlan | null>;
  incomplete: boolean;
}

export interface Found {
  device: string;
  profile: Profile;
  scope: DeviceScope;
  rules: readonly BoundRule[];
  undiscovered: ReadonlySet<ComponentClass>;
  system: SystemIdentity;
  full: boolean;
}

/** A discovery is repeated after this long even when nothing seems to have changed: names, new sensors, neighbours. */
const rediscoverAfterMs = 6 * 3_600_000;
/** One that could not read everything is repeated sooner. */
const retryAfterMs = 600_000;

/** Plan and first observation of what was found. */
export function assemble(found: Found): Discovery {
  const { scope } = found;
  const scalars = new ScalarList(scope.scalars);
  const readings = new Map<string, { columns: string[]; uses: RuleUse[]; classes: Set<ComponentClass> }>();
  const scalarUses: RuleUse[] = [];
  const constant: Component[] = [];
  const measured: Component[] = [];
  for (const { rule, rows } of found.rules) {
    const columns = usedColumns(rows);
    if (columns.size === 0) {
      addComponents({ rule, rows, positions: [], order: [] }, [...rows.keys()], [], constant);
      continue;
    }
    const reading = rule.table === undefined ? undefined : openReading(readings, rule.table);
    const positions = rule.columns.map((column, at) => {
      if (!columns.has(at)) return -1;
      return column.scalar || reading === undefined
        ? scalars.position(column.oid)
        : positionIn(reading.columns, column.oid);
    });
    const use: RuleUse = { rule, rows, positions, order: [] };
    if (reading) {
      reading.uses.push(use);
      for (const componentClass of classesOf(rule)) reading.classes.add(componentClass);
    } else scalarUses.push(use);
    const indexes = [...rows.keys()];
    addComponents(use, indexes, discoveredView(rule, indexes, columns, scope), measured);
    use.order.length = 0;
  }
  const watch = watchOf(scope.scalars);
  const components = [...measured, ...constant];
  const given = new Set(components.map((component) => component.class));
  const absent = Object.fromEntries(
    Object.entries(found.profile.absent).filter(([name]) => !given.has(name as ComponentClass)),
  );
  const now = Date.now();
  const plan: DevicePlan = {
    device: found.device,
    profile: found.profile,
    system: found.system,
    readings: [...readings.values()].map((reading) => finishReading(reading, scope, watch)),
    scalars: scalars.oids,
    scalarUses,
    constant,
    absent,
    undiscovered: [...found.undiscovered],
    watch,
    discoveredAtMs: now,
    rediscoverAtMs:
      now +
      (found.undiscovered.size > 0 ? retryAfterMs : rediscoverAfterMs) * (0.75 + spread(found.device) / 2),
    stale: false,
    full: found.full,
  };
  const isPartial = plan.undiscovered.length > 0;
  const isMute = components.length === 0 && scope.scalars.size === 0 && !isPartial;
  if (isMute) return { observation: { ...mute, system: found.system } };
  return {
    plan,
    observation: {
      incarnation: incarnationOf((oid) => scope.scalars.get(oid)),
      system: found.system,
      components,
      incomplete: plan.undiscovered,
      absent,
      outcome: isPartial ? "partial" : "complete",
      ...(isPartial && {
        error: { code: "incomplete", message: `not read to the end: ${plan.undiscovered.join(", ")}` },
      }),
    },
  };
}

/** An agent that answers every question with "there is no such thing": garbage, or a view without anything in it. */
const mute = {
  incarnation: {},
  components: [],
  incomplete: [],
  absent: {},
  outcome: "invalid",
  error: {
    code: "empty",
    message: "the agent answers, but has nothing to say, not even its description",
    fix: "check the view (access list) that the community or user has on the device",
  },
} as const;

/** Between 0 and 1, the same for a device each time: so that not all are discovered at once. */
function spread(device: string): number {
  let hash = 0;
  for (let at = 0; at < device.length; at++) hash = (hash * 31 + device.charCodeAt(at)) >>> 0;
  return hash / 2 ** 32;
}

function usedColumns(rows: ReadonlyMap<string, RowPlan | null>): Set<number> {
  const columns = new Set<number>();
  for (const row of rows.values()) for (const column of row?.shape.columns ?? []) columns.add(column);
  return columns;
}

function openReading<Reading>(
  readings: Map<string, Reading | { columns: string[]; uses: RuleUse[]; classes: Set<ComponentClass> }>,
  table: string,
) {
  const known = readings.get(table);
  if (known) return known as { columns: string[]; uses: RuleUse[]; classes: Set<ComponentClass> };
  const fresh = { columns: [], uses: [], classes: new Set<ComponentClass>() };
  readings.set(table, fresh);
  return fresh;
}

function positionIn(list: string[], oid: string): number {
  const known = list.indexOf(oid);
  return known >= 0 ? known : list.push(oid) - 1;
}

/** The scalars of every cycle: those of the system that the device has, then what rules need. */
class ScalarList {
  readonly oids: string[];

  constructor(answered: ReadonlyMap<string, VarBind>) {
    this.oids = Object.values(systemScalars).filter(
      (oid) => oid === systemScalars.sysUpTime || answered.has(oid),
    );
  }

  position(oid: string): number {
    return positionIn(this.oids, oid);
  }
}

function discoveredView(
  rule: Rule,
  indexes: readonly string[],
  columns: ReadonlySet<number>,
  scope: DeviceScope,
) {
  return rule.columns.map((column, at) => {
    if (!columns.has(at)) return undefined;
    return column.scalar
      ? [scope.scalars.get(column.oid)]
      : indexes.map((index) => scope.store.cell(column.oid, index));
  });
}

function finishReading(
  reading: { columns: string[]; uses: RuleUse[]; classes: Set<ComponentClass> },
  scope: DeviceScope,
  watch: Watch,
): TableReading {
  const guard =
    reading.classes.has("interface") && !watch.ifTableLastChange ? guardOf(reading, scope) : undefined;
  const known = new Set(reading.columns.flatMap((oid) => [...scope.store.column(oid).cells.keys()]));
  return {
    columns: reading.columns,
    known,
    uses: reading.uses,
    classes: [...reading.classes],
    ...(guard && { guard }),
    troubles: 0,
  };
}

/** Agents that do not say when their interface table changed: the names are read with it (the first that all rows have). */
function guardOf(reading: { columns: string[]; uses: RuleUse[] }, scope: DeviceScope): TableReading["guard"] {
  const [use] = reading.uses;
  const named =
    use?.rule.columns.filter((column) => column.name === "name" || column.name === "description") ?? [];
  const column = named
    .toReversed()
    .find(({ oid }) =>
      [...(use?.rows.keys() ?? [])].every((index) => scope.store.cell(oid, index) !== undefined),
    );
  if (column === undefined) return undefined;
  const names = new Map(
    [...scope.store.column(column.oid).cells].map(([index, cell]) => [index, cellText(cell)]),
  );
  return { position: positionIn(reading.columns, column.oid), names };
}

function watchOf(scalars: ReadonlyMap<string, VarBind>): Watch {
  const number = (oid: string): number | undefined => cellNumber(scalars.get(oid));
  const watch: Watch = {};
  const entries = [
    ["sysUpTimeTicks", systemScalars.sysUpTime],
    ["engineBoots", systemScalars.engineBoots],
    ["ifNumber", systemScalars.ifNumber],
    ["ifTableLastChange", systemScalars.ifTableLastChange],
  ] as const;
  for (const [name, oid] of entries) {
    const value = number(oid);
    if (value !== undefined) watch[name] = value;
  }
  return watch;
}
