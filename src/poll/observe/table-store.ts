/** What a discovery has read of a device so far: each column once, whoever asks for it. */
import type { SnmpSession, VarBind } from "../../snmp/types.ts";
import { endsWalk } from "./failure.ts";

/** A column as read: cells by index, and the indexes in the agent's order. */
export interface ReadColumn {
  cells: ReadonlyMap<string, VarBind>;
  /** False when the walk broke off: rows may be missing. */
  complete: boolean;
}

const nothing: ReadColumn = { cells: new Map(), complete: true };

/** The conceptual row an OID of a column belongs to. */
export function entryOf(columnOid: string): string {
  return columnOid.slice(0, columnOid.lastIndexOf("."));
}

export class TableStore {
  readonly #session: SnmpSession;
  readonly #columns = new Map<string, ReadColumn>();
  /** Entries known to have no rows: not asked. */
  readonly #empty: ReadonlySet<string>;
  /** Set when the device stopped answering: nothing more is asked. */
  silent = false;

  constructor(session: SnmpSession, empty: ReadonlySet<string>) {
    this.#session = session;
    this.#empty = empty;
  }

  /** Reads the columns that were not read before, those of one table together. */
  async read(columns: Iterable<string>): Promise<void> {
    const wanted = new Map<string, string[]>();
    for (const oid of columns) {
      if (this.#columns.has(oid)) continue;
      const entry = entryOf(oid);
      if (this.#empty.has(entry)) this.#columns.set(oid, nothing);
      else wanted.set(entry, [...(wanted.get(entry) ?? []), oid]);
    }
    for (const oids of wanted.values()) await this.#readTable([...new Set(oids)]);
  }

  async #readTable(oids: readonly string[]): Promise<void> {
    if (this.silent) {
      for (const oid of oids) this.#columns.set(oid, { cells: new Map(), complete: false });
      return;
    }
    try {
      const { indexes, columns, complete } = await this.#session.table(oids);
      for (const [at, oid] of oids.entries()) {
        const cells = new Map<string, VarBind>();
        for (const [row, cell] of (columns[at] ?? []).entries()) {
          if (cell !== undefined && cell.value !== null) cells.set(indexes[row]!, cell);
        }
        this.#columns.set(oid, { cells, complete });
      }
    } catch (error) {
      for (const oid of oids) this.#columns.set(oid, { cells: new Map(), complete: false });
      if (endsWalk(error)) this.silent = !(await this.#stillThere());
    }
  }

  /** After a time-out: is it the table, or the device? (sysUpTime) */
  async #stillThere(): Promise<boolean> {
    try {
      await this.#session.get(["1.3.6.1.2.1.1.3.0"]);
      return true;
    } catch {
      return false;
    }
  }

  column(oid: string): ReadColumn {
    return this.#columns.get(oid) ?? nothing;
  }

  cell(oid: string, index: string): VarBind | undefined {
    return this.#columns.get(oid)?.cells.get(index);
  }
}
