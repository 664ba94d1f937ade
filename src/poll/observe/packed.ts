/**
 * Small tables whose rows stay (fans, processors, sensors) are not walked each cycle: their instances are known, and
 * all of them fit one GET. New rows of such tables show at the next discovery, vanished ones at once.
 */
import type { ComponentClass } from "../../samples/types.ts";
import type { TableResult, VarBind } from "../../snmp/types.ts";
import type { TableReading } from "./plan.ts";

/** Cells of one table, and of one GET: some 1,200 octets of answer. */
const mostCellsOfTable = 16;
const mostCells = 60;

/** Rows of these come and go; their tables are read whole. */
const comeAndGo: ReadonlySet<ComponentClass> = new Set([
  "interface",
  "bgp-peer",
  "ospf-neighbor",
  "lldp-neighbor",
  "vpn-tunnel",
  "sdwan-link",
  "wireless",
]);

/** Marks the readings that go into the GET, and gives its OIDs: table by table, column by column. */
export function pack(readings: readonly TableReading[]): string[] {
  const oids: string[] = [];
  for (const reading of readings) {
    const cells = reading.columns.length * reading.known.size;
    const isSmall = cells <= mostCellsOfTable && oids.length + cells <= mostCells;
    if (!isSmall || reading.classes.some((componentClass) => comeAndGo.has(componentClass))) continue;
    reading.packed = { start: oids.length, indexes: [...reading.known] };
    for (const column of reading.columns)
      for (const index of reading.packed.indexes) oids.push(`${column}.${index}`);
  }
  return oids;
}

/** The answer of the GET as one result per table. */
export function* packedResults(
  readings: readonly TableReading[],
  varBinds: readonly VarBind[],
): Generator<[TableReading, TableResult]> {
  for (const reading of readings) {
    if (reading.packed) yield [reading, resultOf(reading, reading.packed, varBinds)];
  }
}

function resultOf(
  { columns }: TableReading,
  { start, indexes }: { start: number; indexes: readonly string[] },
  varBinds: readonly VarBind[],
): TableResult {
  const height = indexes.length;
  const isThere = indexes.map((_, row) =>
    columns.some((_column, at) => isValue(varBinds[start + at * height + row])),
  );
  const rows = indexes.filter((_, row) => isThere[row]);
  const cells = columns.map((_, at) => {
    const column: (VarBind | undefined)[] = [];
    for (let row = 0; row < height; row++) {
      const cell = varBinds[start + at * height + row];
      if (isThere[row]) column.push(isValue(cell) ? cell : undefined);
    }
    return column;
  });
  return { ending: "end", complete: true, rows: rows.length, indexes: rows, columns: cells };
}

const isValue = (cell: VarBind | undefined): boolean => cell !== undefined && cell.value !== null;
