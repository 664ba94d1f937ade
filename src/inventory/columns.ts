/**
 * Objects as flat rows and back: the columns of CSV export and import. A nested field is a dotted column
 * ("slo.rttMs"); a list of texts is one cell with "|" between; lists of objects have tables of their own.
 */

import type { Agency } from "./model.ts";

/** Tables of CSV: the kinds that people keep in spreadsheets, and the interfaces of devices. */
export const TABLES = [
  "agencies",
  "sites",
  "devices",
  "interfaces",
  "links",
  "maintenance",
  "systems",
] as const;
export type TableName = (typeof TABLES)[number];

type ColumnType = "text" | "number" | "boolean" | "list";

/** Column → type, in the order of the header. Ids come first, so that a row is known by them. */
export const COLUMNS: Readonly<Record<TableName, Readonly<Record<string, ColumnType>>>> = {
  agencies: {
    id: "text",
    code: "text",
    name: "text",
    nameEn: "text",
    kind: "text",
    communeKind: "text",
    /** Today's parent; earlier ones are not in spreadsheets. */
    parent: "text",
    aliases: "list",
    validFrom: "text",
    validUntil: "text",
  },
  sites: {
    id: "text",
    name: "text",
    agency: "text",
    latitude: "number",
    longitude: "number",
    address: "text",
    prefixes: "list",
  },
  devices: {
    id: "text",
    name: "text",
    site: "text",
    role: "text",
    profile: "text",
    vendor: "text",
    model: "text",
    serial: "text",
    address: "text",
    port: "number",
    credential: "text",
    driver: "text",
    timeoutMs: "number",
    retries: "number",
    maxRepetitions: "number",
    acceptOtherAddress: "boolean",
    "reachability.method": "text",
    "reachability.port": "number",
    uplink: "text",
    tags: "list",
  },
  interfaces: {
    device: "text",
    name: "text",
    description: "text",
    address: "text",
    vrf: "text",
    monitored: "boolean",
  },
  links: {
    id: "text",
    name: "text",
    kind: "text",
    carrier: "text",
    circuitId: "text",
    "committedMbps.in": "number",
    "committedMbps.out": "number",
    "a.device": "text",
    "a.interface": "text",
    "b.device": "text",
    "b.interface": "text",
    "group.id": "text",
    "group.role": "text",
    "slo.availabilityPercent": "number",
    "slo.rttMs": "number",
    "slo.lossPercent": "number",
    validFrom: "text",
    validUntil: "text",
  },
  maintenance: {
    id: "text",
    reason: "text",
    from: "text",
    until: "text",
    repeat: "text",
    repeatUntil: "text",
    agencies: "list",
    sites: "list",
    devices: "list",
    links: "list",
  },
  systems: {
    id: "text",
    name: "text",
    nameEn: "text",
    owner: "text",
    handledBy: "text",
    securityLevel: "number",
    dataClass: "text",
    description: "text",
  },
};

export type Cell = string | number | boolean | undefined;
export type Row = Readonly<Record<string, Cell>>;

/** A cell per column; what an object does not say is undefined. */
export function toRow(table: TableName, object: object): Row {
  return Object.fromEntries(
    Object.entries(COLUMNS[table]).map(([column, type]) => [column, cellOf(object, column, type)]),
  );
}

function cellOf(object: object, column: string, type: ColumnType): Cell {
  if (column === "parent") return (object as Agency).parents.find(({ until }) => until === undefined)?.agency;
  let value: unknown = object;
  for (const step of column.split(".")) {
    // One number for both directions stands for both.
    if (typeof value === "number") break;
    value = (value as Record<string, unknown> | undefined)?.[step];
  }
  return type === "list" ? (value as string[]).join("|") : (value as Cell);
}

/**
 * A row of texts as the raw object of an inventory file; empty cells say nothing. `fault` tells of a cell that is
 * not of its column's type.
 */
export function fromRow(
  table: TableName,
  row: Readonly<Record<string, string>>,
  fault: (column: string, why: string) => void,
): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [column, type] of Object.entries(COLUMNS[table])) {
    const text = row[column]?.trim();
    if (text === undefined || text === "") continue;
    const value = parseCell(text, type);
    if (value === undefined) fault(column, `"${text}" is not a ${type}`);
    else if (column === "parent") object.parents = [{ agency: value }];
    else put(object, column, value);
  }
  const rate = object.committedMbps as { in?: number; out?: number } | undefined;
  if (rate && (rate.in === rate.out || rate.out === undefined || rate.in === undefined))
    object.committedMbps = rate.in ?? rate.out;
  return object;
}

function parseCell(text: string, type: ColumnType): unknown {
  if (type === "list")
    return text
      .split("|")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  if (type === "boolean")
    return /^(true|1|yes|có|đúng)$/i.test(text)
      ? true
      : /^(false|0|no|không|sai)$/i.test(text)
        ? false
        : undefined;
  if (type === "number") return /^[+-]?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
  return text;
}

function put(object: Record<string, unknown>, column: string, value: unknown): void {
  const [first = "", second] = column.split(".");
  if (second === undefined) object[first] = value;
  else object[first] = { ...(object[first] as object | undefined), [second]: value };
}
