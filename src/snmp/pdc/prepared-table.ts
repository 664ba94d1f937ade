import { oidToOctets } from "../codec/oid.ts";
import { askedVariables } from "./asked-variables.ts";

const MOST_CACHED = 2000;
/** A GETBULK variable of the first guess: an OID of 13 octets, a Counter32 and three headers. */
const FIRST_GUESS_OCTETS = 22;
const cache = new Map<string, PreparedTable>();

/** A set of columns, encoded once for all devices that are asked for it. */
export class PreparedTable {
  readonly columns: readonly string[];
  /** Contents octets of each column's OID. */
  readonly prefixes: readonly Buffer[];
  /** The encoded variables of the first request. */
  readonly variables: Buffer;
  /** How large one encoded variable of this table is on the average, octets; learned from answers. */
  octetsEach = FIRST_GUESS_OCTETS;

  constructor(columns: readonly string[], head: readonly string[]) {
    this.columns = [...columns];
    this.prefixes = columns.map(oidToOctets);
    this.variables = askedVariables([...head, ...columns]);
  }

  learnSize(octets: number, variables: number): void {
    this.octetsEach += (octets / variables - this.octetsEach) / 8;
  }
}

/** The prepared form of `columns` behind the OIDs of `head`. Throws RangeError when a text is no OID. */
export function prepareTable(columns: readonly string[], head: readonly string[]): PreparedTable {
  const key = head.length === 0 ? columns.join(" ") : `${head.join(" ")}|${columns.join(" ")}`;
  const known = cache.get(key);
  if (known) return known;
  const prepared = new PreparedTable(columns, head);
  if (cache.size >= MOST_CACHED) cache.clear();
  cache.set(key, prepared);
  return prepared;
}
