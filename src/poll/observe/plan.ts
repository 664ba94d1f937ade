/** What one device is asked every cycle, and how the answers become components. Made by a discovery, kept in memory. */
import type { Profile } from "../../profiles/profile.ts";
import type { Rule } from "../../profiles/rule.ts";
import type { Component, ComponentClass, Measurement, SystemIdentity } from "../../samples/types.ts";
import type { VarBind } from "../../snmp/types.ts";

/** Answers by the position of a rule's columns; a scalar's list has one cell. */
export type View = readonly (readonly (VarBind | undefined)[] | undefined)[];

/** One measurement of a row. Shared by all rows, of all devices, that are measured the same way. */
export interface Slot {
  name: string;
  /** Undefined: no value, or none that is valid. */
  measure(view: View, row: number): Measurement | undefined;
  /** Positions in the rule's columns it reads. */
  columns: readonly number[];
}

/** The measurements of a row, in order. Interned: equal rows share one. */
export interface Shape {
  slots: readonly Slot[];
  columns: readonly number[];
}

/** What is known of a component between discoveries. */
export interface RowPlan {
  class: ComponentClass;
  key: string;
  label: string;
  index: string;
  attributes: Component["attributes"];
  shape: Shape;
  /** Measured at discovery only. */
  constants?: Readonly<Record<string, Measurement>>;
}

/** A rule's part of a reading. */
export interface RuleUse {
  rule: Rule;
  /** By index of the row; null: known, and not a component. */
  rows: Map<string, RowPlan | null>;
  /** For each column of the rule, its position in the reading (or in the plan's scalars), -1 when not read. */
  positions: readonly number[];
  /** The order of rows seen last, to find them without a look-up: agents keep theirs. */
  order: { index: string; row: RowPlan | null | undefined }[];
}

/** One table, read as a whole. */
export interface TableReading {
  /** The columns to read; the array's identity is kept, drivers prepare by it. */
  columns: readonly string[];
  uses: readonly RuleUse[];
  classes: readonly ComponentClass[];
  /** Indexes the discovery found in these columns. */
  known: ReadonlySet<string>;
  /** Position of the column that names interfaces, and the names of the discovery: when they differ, rows have moved. */
  guard?: { position: number; names: Map<string, string> };
  /** Its instances are in the plan's GET, from this position on, column by column. */
  packed?: { start: number; indexes: readonly string[] };
  /** Times in a row it has not been read to its end: such a table comes last. */
  troubles: number;
}

/** What tells that the tables may have changed. */
export interface Watch {
  sysUpTimeTicks?: number;
  engineBoots?: number;
  ifNumber?: number;
  ifTableLastChange?: number;
}

/** All of it. Changed in place when a cycle finds that the device has changed. */
export interface DevicePlan {
  device: string;
  profile: Profile;
  system: SystemIdentity;
  readings: TableReading[];
  /** Scalars of every cycle; the first are those of `systemScalars`. */
  scalars: readonly string[];
  scalarUses: RuleUse[];
  /** Instances of small tables, read in one GET. */
  packed: readonly string[];
  /** The agent is slow or wrong with GETs of many instances: every table is read as a table. */
  walksOnly: boolean;
  /** Components without measurements of every cycle (neighbours): as found. */
  constant: readonly Component[];
  absent: Readonly<Partial<Record<ComponentClass, string>>>;
  /** Classes a discovery could not read to the end. */
  undiscovered: readonly ComponentClass[];
  watch: Watch;
  /** Cycles in a row in which the interface table had changed. */
  moves: number;
  discoveredAtMs: number;
  /** After this, the next cycle discovers anew. */
  rediscoverAtMs: number;
  /** Set when a cycle has seen rows the plan does not know. */
  stale: boolean;
  full: boolean;
}

/** The scalars that tell one incarnation from the next (SNMPv2-MIB, SNMP-FRAMEWORK-MIB, HOST-RESOURCES-MIB, IF-MIB). */
export const systemScalars = {
  sysUpTime: "1.3.6.1.2.1.1.3.0",
  engineBoots: "1.3.6.1.6.3.10.2.1.2.0",
  engineTime: "1.3.6.1.6.3.10.2.1.3.0",
  hostUpTime: "1.3.6.1.2.1.25.1.1.0",
  ifNumber: "1.3.6.1.2.1.2.1.0",
  ifTableLastChange: "1.3.6.1.2.1.31.1.5.0",
} as const;
