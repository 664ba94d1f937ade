/** What references of a profile stand for on one device: the row at hand, its scalars, and the tables it points to. */
import { indexPart, type Reference } from "../../profiles/reference.ts";
import type { Lookup, Rule } from "../../profiles/rule.ts";
import type { VarBind } from "../../snmp/types.ts";
import { type CellForm, cellNumber, cellText } from "./cell.ts";
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
  /** Of lookups keyed by a column: index by the text of that column. */
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
    if (lookup.by === undefined) return key;
    let index = this.#indexes.get(name);
    if (index === undefined) {
      const column = lookup.columns.find((candidate) => candidate.name === lookup.by);
      const found = new Map<string, string>();
      for (const [row, cell] of column ? this.store.column(column.oid).cells : []) {
        const text = cellText(cell, column);
        if (!found.has(text)) found.set(text, row);
      }
      this.#indexes.set(name, found);
      index = found;
    }
    return index.get(key);
  }

  lookupCell(name: string, index: string, column: string): Found {
    const form = this.#lookups.get(name)?.columns.find((candidate) => candidate.name === column);
    return form ? { cell: this.store.cell(form.oid, index), form } : { cell: undefined, form: {} };
  }
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
