/** Discovery: what a device is, what parts it has, and the plan by which it is asked from then on. */
import type { Profile, ProfileSet } from "../../profiles/index.ts";
import type { Rule } from "../../profiles/rule.ts";
import type { ComponentClass } from "../../samples/types.ts";
import type { SnmpSession, VarBind } from "../../snmp/types.ts";
import { assemble, type BoundRule } from "./assemble.ts";
import { bindRow } from "./bind.ts";
import { classesOf } from "./classes.ts";
import { failure } from "./failure.ts";
import { getMany, type Scalars } from "./get-many.ts";
import { chooseFamily, identityOf, identityScalars } from "./identify.ts";
import { needsOf } from "./needs.ts";
import type { DiscoverOptions, Discovery } from "./observation.ts";
import { type RowPlan, systemScalars } from "./plan.ts";
import { absentEntries } from "./presence.ts";
import { DeviceScope, RowScope } from "./scope.ts";
import { shapeOf } from "./slot.ts";
import { entryOf, TableStore } from "./table-store.ts";
import { uniqueKeys } from "./unique-keys.ts";

const emptyObservation = { incarnation: {}, components: [], incomplete: [], absent: {} } as const;

/**
 * Finds out what a device is and measures it. Never rejects for what the device does: no answer, refusal and garbage
 * are outcomes. Rejects with ProfileError when `family` names no profile or its file is wrong.
 */
export async function discoverDevice(
  session: SnmpSession,
  profiles: ProfileSet,
  options: DiscoverOptions,
): Promise<Discovery> {
  let system: Scalars;
  try {
    system = await getMany(session, [...Object.values(systemScalars), ...Object.values(identityScalars)]);
  } catch (error) {
    return { observation: { ...emptyObservation, ...failure(error) } };
  }
  const family = options.family ?? (await chooseFamily(session, profiles, system.values));
  return discoverAs(session, profiles.profile(family), system, options);
}

/** The same, when the family is known and the system group was read. */
export async function discoverAs(
  session: SnmpSession,
  profile: Profile,
  system: Scalars,
  options: DiscoverOptions,
): Promise<Discovery> {
  const full = options.full ?? false;
  const needs = needsOf(profile, full);
  const scalars = await readScalars(session, needs.scalars, system);
  const store = new TableStore(session, await absentEntries(session, needs.entries));
  const scope = new DeviceScope(store, scalars, profile.lookups);
  await store.read(needs.facts);
  const found = await bindRules(profile, scope, needs.columnsOf, full);
  return assemble({
    device: options.device,
    profile,
    scope,
    rules: found.rules,
    undiscovered: found.incomplete,
    system: identityOf(profile, scope),
    full,
    walksOnly: options.walksOnly ?? false,
    moves: options.moves ?? 0,
  });
}

/** Those of the system group, which were read, and `wanted`. */
async function readScalars(
  session: SnmpSession,
  wanted: readonly string[],
  system: Scalars,
): Promise<ReadonlyMap<string, VarBind>> {
  try {
    const more = await getMany(
      session,
      wanted.filter((oid) => !system.values.has(oid)),
    );
    return new Map([...system.values, ...more.values]);
  } catch {
    return system.values;
  }
}

interface FoundRules {
  rules: BoundRule[];
  incomplete: Set<ComponentClass>;
}

async function bindRules(
  profile: Profile,
  scope: DeviceScope,
  columnsOf: ReadonlyMap<Rule, readonly string[]>,
  full: boolean,
): Promise<FoundRules> {
  const given = new Given(profile.family);
  const found: FoundRules = { rules: [], incomplete: new Set() };
  for (const rule of profile.rules) {
    if (given.has(rule.unless)) continue;
    await scope.store.read(columnsOf.get(rule) ?? []);
    const bound = bindRule(rule, scope, given, full);
    if (bound.incomplete) for (const componentClass of classesOf(rule)) found.incomplete.add(componentClass);
    if (bound.rows.size === 0) continue;
    found.rules.push(bound);
    given.add(
      rule.id,
      [...bound.rows.values()].filter((row) => row !== null),
    );
  }
  return found;
}

function bindRule(rule: Rule, scope: DeviceScope, given: Given, full: boolean): BoundRule {
  const indexes = indexesOf(rule, scope, full);
  const bound = indexes.list.flatMap((index) => bindRow(rule, new RowScope(rule, index, scope), full) ?? []);
  const rows = new Map<string, RowPlan | null>(indexes.list.map((index) => [index, null]));
  const perClass = Map.groupBy(bound, (row) => row.class);
  for (const [componentClass, members] of perClass) {
    const kept = rule.dropDuplicates
      ? members.filter((row) => !given.hasKey(componentClass, row.keys[0] ?? ""))
      : members;
    const keys = uniqueKeys(kept, given.keys(componentClass));
    for (const [at, row] of kept.entries()) {
      const shape = shapeOf(rule, row.slots);
      rows.set(row.index, {
        class: row.class,
        key: keys[at]!,
        label: row.label,
        index: row.index,
        attributes: row.attributes,
        shape,
        ...(Object.keys(row.constants).length > 0 && { constants: row.constants }),
      });
    }
  }
  const isEmpty = [...rows.values()].every((row) => row === null);
  return { rule, rows: isEmpty ? new Map() : rows, incomplete: indexes.incomplete };
}

/** The rows of a rule: all indexes of the columns below its table. A rule of scalars has one, "". */
function indexesOf(rule: Rule, scope: DeviceScope, full: boolean): { list: string[]; incomplete: boolean } {
  if (rule.table === undefined) return { list: [""], incomplete: false };
  const own = rule.columns.filter(
    (column) => !column.scalar && entryOf(column.oid) === rule.table && (full || column.read !== "show"),
  );
  const list = new Set<string>();
  let incomplete = false;
  for (const column of own) {
    const read = scope.store.column(column.oid);
    incomplete ||= !read.complete;
    for (const index of read.cells.keys()) list.add(index);
  }
  return { list: [...list], incomplete };
}

/** What earlier rules have given, for `unless` and for unique keys. */
class Given {
  readonly #family: string;
  readonly #names = new Set<string>();
  readonly #keys = new Map<ComponentClass, Set<string>>();

  constructor(family: string) {
    this.#family = family;
  }

  add(ruleId: string, rows: readonly RowPlan[]): void {
    const isFamily = ruleId.startsWith(`${this.#family}.`);
    this.#names.add(ruleId);
    for (const row of rows) {
      this.#names.add(row.class);
      if (isFamily) this.#names.add(`family.${row.class}`);
      const keys = this.#keys.get(row.class);
      if (keys) keys.add(row.key);
      else this.#keys.set(row.class, new Set([row.key]));
    }
  }

  has(names: readonly string[]): boolean {
    return names.some((name) => this.#names.has(name));
  }

  keys(componentClass: ComponentClass): ReadonlySet<string> {
    return this.#keys.get(componentClass) ?? new Set();
  }

  hasKey(componentClass: ComponentClass, key: string): boolean {
    return this.#keys.get(componentClass)?.has(key) ?? false;
  }
}
