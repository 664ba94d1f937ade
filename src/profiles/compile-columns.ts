/** State maps, columns and lookups of a file, with numeric OIDs. */
import { resolveOid } from "./oid.ts";
import type { Complain } from "./problems.ts";
import { parseReference } from "./reference.ts";
import type { Column, Lookup, StateMap } from "./rule.ts";
import type { ColumnFile, LookupFile, StateMapFile } from "./schema.ts";

/** A state map with codes for its texts, keyed by lower-case text. */
export function compileStates(file: StateMapFile): StateMap {
  return new Map(
    Object.entries(file).map(([key, [word, severity, code]], position) => [
      key.toLowerCase(),
      { word, severity, code: code ?? (/^-?\d+$/.test(key) ? Number(key) : position) },
    ]),
  );
}

/** A lookup; undefined (and a complaint) when an OID has an unknown prefix. */
export function compileLookup(
  name: string,
  file: LookupFile,
  prefixes: Readonly<Record<string, string>>,
  complain: Complain,
): Lookup | undefined {
  const table = resolveOid(file.table, prefixes);
  if (table === undefined) {
    complain(["table"], "unknown-prefix", `unknown prefix in "${file.table}"`);
    return undefined;
  }
  const columns = Object.entries(file.columns).flatMap(([column, source]) => {
    const compiled = compileColumn(column, source, table, prefixes);
    if (compiled === undefined) complain(["columns", column], "unknown-prefix", "unknown prefix of the OID");
    return compiled ?? [];
  });
  const columnOf = (column: string, path: readonly PropertyKey[]): Column[] => {
    const found = columns.filter((candidate) => candidate.name === column);
    if (found.length === 0) complain(path, "unknown-column", `no column "${column}" in this lookup`);
    return found;
  };
  const only = Object.entries(file.only ?? {}).flatMap(([column, values]) =>
    columnOf(column, ["only", column]).map((found) => ({
      column: found,
      values: new Set(values.map((value) => String(value).toLowerCase())),
    })),
  );
  const index = file.by?.startsWith("index.") ? parseReference(file.by) : undefined;
  const [column] = file.by === undefined || index ? [] : columnOf(file.by, ["by"]);
  return {
    name,
    table,
    columns,
    only,
    ...(column && { by: { column } }),
    ...(index?.kind === "index" && { by: { index } }),
  };
}

/** Undefined when the OID has an unknown prefix, or a sub-identifier no table. */
export function compileColumn(
  name: string,
  file: ColumnFile,
  table: string | undefined,
  prefixes: Readonly<Record<string, string>>,
): Column | undefined {
  const { column, match, as } =
    typeof file === "object" ? file : { column: file, match: undefined, as: undefined };
  const oid = typeof column === "string" ? resolveOid(column, prefixes) : table && `${table}.${column}`;
  if (oid === undefined) return undefined;
  return {
    name,
    oid,
    read: "fixed",
    scalar: false,
    ...(match !== undefined && { match: new RegExp(match, "i") }),
    ...(as !== undefined && { as }),
  };
}
