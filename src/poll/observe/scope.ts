/** What references of a profile stand for on one device: the row at hand, its scalars, and the tables it points to. */
import { indexPart, type Reference } from "../../profiles/reference.ts";
import type { Lookup, Rule } from "../../profiles/rule.ts";
import type { VarBind } from "../../snmp/types.ts";
import { type CellForm, cellNumber, cellText } from "./cell.ts";
import { searchedColumns } from "./needs.ts";
import type { TableStore } from "./table-store.ts";

interface Found {
  cell: VarBind | undefined;
  form: CellForm;
}

/** The tables and scalars a discovery has read, and the lookups over them. */
export class DeviceScope {
  readonly store: TableStore;
  readonly scalars: ReadonlyMap<string, VarBind>;
  readonly #lookups: ReadonlyMap<string, Lookup>;
  /** Of lookups whose rows are searched: their indexes by what they are found by. */
  readonly #indexes = new Map<string, ReadonlyMap<string, string>>();

  constructor(
    store: TableStore,
    scalars: ReadonlyMap<string, VarBind>,
    lookups: ReadonlyMap<string, Lookup>,
  ) {
    this.store = store;
    this.scalars = scalars;
    this.#lookups = lookups;
  }

  /** The row of a lookup that `key` points to; undefined when there is none. */
  lookupIndex(name: string, key: string): string | undefined {
    const lookup = this.#lookups.get(name);
    if (lookup === undefined || key === "") return undefined;
    if (lookup.by === undefined && lookup.only.length === 0) return key;
    let index = this.#indexes.get(name);
    if (index === undefined) {
      index = this.#indexOf(lookup);
      this.#indexes.set(name, index);
    }
    return index.get(key);
  }

  /** Rows by what they are found by; the agent's first of several. */
  #indexOf(lookup: Lookup): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const [searched] = searchedColumns(lookup);
    for (const row of searched === undefined ? [] : this.store.column(searched).cells.keys()) {
      const counts = lookup.only.every(({ column, values }) =>
        values.has(cellText(this.store.cell(column.oid, row), column).toLowerCase()),
      );
      if (!counts) continue;
      const key = keyOf(row, lookup, this.store);
      if (!found.has(key)) found.set(key, row);
    }
    return found;
  }

  lookupCell(name: string, index: string, column: string): Found {
    const form = this.#lookups.get(name)?.columns.find((candidate) => candidate.name === column);
    return form ? { cell: this.store.cell(form.oid, index), form } : { cell: undefined, form: {} };
  }
}

function keyOf(row: string, { by }: Lookup, store: TableStore): string {
  if (by === undefined) return row;
  return "index" in by ? indexPart(row, by.index) : cellText(store.cell(by.column.oid, row), by.column);
}

/** One row of a rule. For rules without a table the index is "". */
export class RowScope {
  readonly rule: Rule;
  readonly index: string;
  readonly #device: DeviceScope;

  constructor(rule: Rule, index: string, device: DeviceScope) {
    this.rule = rule;
    this.index = index;
    this.#device = device;
  }

  /** The cell of a column or scalar of the rule, by its position. */
  cell(position: number): VarBind | undefined {
    const column = this.rule.columns[position]!;
    return column.scalar
      ? this.#device.scalars.get(column.oid)
      : this.#device.store.cell(column.oid, this.index);
  }

  readonly text = (reference: Reference): string => {
    if (reference.kind === "index") return indexPart(this.index, reference);
    const found = this.#find(reference);
    return typeof found === "string" ? found : cellText(found.cell, found.form);
  };

  number(reference: Reference): number | undefined {
    if (reference.kind === "index") {
      const number = Number(indexPart(this.index, reference));
      return Number.isNaN(number) ? undefined : number;
    }
    const found = this.#find(reference);
    return typeof found === "string" ? Number(found) || undefined : cellNumber(found.cell, found.form);
  }

  #find(reference: Exclude<Reference, { kind: "index" }>): Found | string {
    if (reference.kind === "name") {
      const position = this.rule.columnOf.get(reference.name);
      return position === undefined ? "" : { cell: this.cell(position), form: this.rule.columns[position]! };
    }
    const index = this.#device.lookupIndex(reference.lookup, this.text(reference.by));
    if (index === undefined) return "";
    return reference.column === "index"
      ? index
      : this.#device.lookupCell(reference.lookup, index, reference.column);
  }
}
