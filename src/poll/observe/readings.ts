/** What is read each cycle, collected from the rules that found something: each table and each scalar once. */
import type { ComponentClass } from "../../samples/types.ts";
import type { VarBind } from "../../snmp/types.ts";
import { cellText } from "./cell.ts";
import { classesOf } from "./classes.ts";
import { type RuleUse, systemScalars, type TableReading, type Watch } from "./plan.ts";
import type { DeviceScope } from "./scope.ts";

/** A growing list of OIDs; an OID has one position in it. */
export class OidList {
  readonly oids: string[];

  constructor(oids: readonly string[] = []) {
    this.oids = [...oids];
  }

  position(oid: string): number {
    const known = this.oids.indexOf(oid);
    return known >= 0 ? known : this.oids.push(oid) - 1;
  }
}

/** The scalars of every cycle begin with those of the system that the device has. */
export function systemScalarsOf(answered: ReadonlyMap<string, VarBind>): OidList {
  const { sysUpTime } = systemScalars;
  return new OidList(Object.values(systemScalars).filter((oid) => oid === sysUpTime || answered.has(oid)));
}

/** One table of the plan while it is made. */
export class ReadingDraft {
  readonly columns = new OidList();
  readonly uses: RuleUse[] = [];
  readonly #classes = new Set<ComponentClass>();

  add(use: RuleUse): void {
    this.uses.push(use);
    for (const componentClass of classesOf(use.rule)) this.#classes.add(componentClass);
  }

  finish(scope: DeviceScope, watch: Watch, isRestless: boolean): TableReading {
    // 0 is what agents say that do not keep it.
    const needsGuard = this.#classes.has("interface") && (isRestless || !watch.ifTableLastChange);
    const guard = needsGuard ? this.#guard(scope) : undefined;
    const columns = this.columns.oids;
    return {
      columns,
      known: new Set(columns.flatMap((oid) => [...scope.store.column(oid).cells.keys()])),
      uses: this.uses,
      classes: [...this.#classes],
      ...(guard && { guard }),
      troubles: 0,
    };
  }

  /** Agents that do not say when their interface table changed: ifName is read with it, or ifDescr where rows have none. */
  #guard(scope: DeviceScope): TableReading["guard"] {
    const [use] = this.uses;
    if (use === undefined) return undefined;
    const isEverywhere = (oid: string): boolean =>
      [...use.rows.keys()].every((index) => scope.store.cell(oid, index));
    const column = ["name", "description"]
      .flatMap((name) => use.rule.columns[use.rule.columnOf.get(name) ?? -1] ?? [])
      .find(({ oid }) => isEverywhere(oid));
    if (column === undefined) return undefined;
    const names = new Map(
      [...scope.store.column(column.oid).cells].map(([index, cell]) => [index, cellText(cell)]),
    );
    return { position: this.columns.position(column.oid), names };
  }
}
