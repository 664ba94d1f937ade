/** The rules that found something, joined into readings: each table once, each scalar once. */
import type { Profile } from "../../profiles/profile.ts";
import type { Rule } from "../../profiles/rule.ts";
import type { Component, ComponentClass, SystemIdentity } from "../../samples/types.ts";
import { absentOf } from "./absent.ts";
import { addComponents } from "./components.ts";
import { incarnationOf, watchOf } from "./incarnation.ts";
import type { Discovery } from "./observation.ts";
import { pack } from "./packed.ts";
import type { DevicePlan, RowPlan, RuleUse } from "./plan.ts";
import { ReadingDraft, systemScalarsOf } from "./readings.ts";
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
  walksOnly: boolean;
  moves: number;
}

/** A discovery is repeated after this long even when nothing seems to have changed: names, new sensors, neighbours. */
const rediscoverAfterMs = 6 * 3_600_000;
/** One that could not read everything is repeated sooner. */
const retryAfterMs = 600_000;

/** Plan and first observation of what was found. */
export function assemble(found: Found): Discovery {
  const { scope } = found;
  const scalars = systemScalarsOf(scope.scalars);
  const readings = new Map<string, ReadingDraft>();
  const scalarUses: RuleUse[] = [];
  const constant: Component[] = [];
  const measured: Component[] = [];
  for (const { rule, rows } of found.rules) {
    const columns = usedColumns(rows);
    if (columns.size === 0) {
      addComponents({ rule, rows, positions: [], order: [] }, [...rows.keys()], [], constant);
      continue;
    }
    const reading = rule.table === undefined ? undefined : (readings.get(rule.table) ?? new ReadingDraft());
    const positions = rule.columns.map((column, at) => {
      if (!columns.has(at)) return -1;
      return (column.scalar || reading === undefined ? scalars : reading.columns).position(column.oid);
    });
    const use: RuleUse = { rule, rows, positions, order: [] };
    if (reading === undefined) scalarUses.push(use);
    else {
      reading.add(use);
      readings.set(rule.table!, reading);
    }
    const indexes = [...rows.keys()];
    addComponents(use, indexes, discoveredView(rule, indexes, columns, scope), measured);
    use.order.length = 0;
  }
  const watch = watchOf((oid) => scope.scalars.get(oid));
  const components = [...measured, ...constant];
  const given = new Set(components.map((component) => component.class));
  const absent = absentOf(found.profile, given, found.undiscovered);
  const now = Date.now();
  const tables = [...readings.values()].map((reading) => reading.finish(scope, watch, found.moves > 0));
  const plan: DevicePlan = {
    device: found.device,
    profile: found.profile,
    system: found.system,
    readings: tables,
    packed: pack(tables),
    walksOnly: found.walksOnly || found.profile.walksOnly,
    scalars: scalars.oids,
    scalarUses,
    constant,
    absent,
    undiscovered: [...found.undiscovered],
    watch,
    moves: found.moves,
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
