import type {
  ColumnsResult,
  ReadColumn,
  SnmpSession,
  TableOptions,
  TableResult,
  VarBind,
  VarBindType,
} from "./types.ts";

/** Reads columns of a table as plain values, with any driver. Rejects with SnmpError. */
export async function readColumns(
  session: SnmpSession,
  columns: readonly string[],
  options?: TableOptions,
): Promise<ColumnsResult> {
  if (session.columns) return session.columns(columns, options);
  const result = await session.table(columns, options);
  return { ...result, columns: result.columns.map(toColumn) };
}

/** The type of the value in `row`. */
export function typeInRow({ type }: ReadColumn, row: number): VarBindType {
  return typeof type === "string" ? type : type[row]!;
}

/** Cells as variables with a name each. `oids` are the columns of `result`. */
export function toTable(result: ColumnsResult, oids: readonly string[]): TableResult {
  const { indexes } = result;
  const columns = result.columns.map((column, i) => {
    const below = `${oids[i]!.replace(/^\./, "")}.`;
    return column.values.map((value, row): VarBind | undefined =>
      value === undefined ? undefined : { oid: below + indexes[row]!, type: typeInRow(column, row), value },
    );
  });
  return { ...result, columns };
}

function toColumn(cells: readonly (VarBind | undefined)[]): ReadColumn {
  const first = cells.find((cell) => cell !== undefined)?.type ?? "Null";
  const mixed = cells.some((cell) => cell !== undefined && cell.type !== first);
  return {
    type: mixed ? cells.map((cell) => cell?.type ?? first) : first,
    values: cells.map((cell) => cell?.value),
  };
}
