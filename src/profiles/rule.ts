/** A rule as the poller uses it: names resolved, texts parsed, OIDs numeric. Built from a file's rule by `compile.ts`. */
import type { ComponentClass, Measurement, MeasurementKind } from "../samples/types.ts";
import type { Expression } from "./expression.ts";
import type { Reference } from "./reference.ts";
import type { Template } from "./template.ts";

export type Severity = NonNullable<Measurement["severity"]>;
export type TextForm = "text" | "mac" | "hex" | "ip" | "uint" | "date";

/** A column (instance = row index) or a scalar (a whole OID) of a rule or lookup. */
export interface Column {
  name: string;
  /** Numeric; of a column without the index, of a scalar whole. */
  oid: string;
  /** `cycle`: a measurement needs it each time. `fixed`: read at discovery. `show`: only a full observation needs it. */
  read: "cycle" | "fixed" | "show";
  scalar: boolean;
  match?: RegExp;
  as?: TextForm;
}

/** Always the same, or chosen by the text of a reference. */
export type Chooser<Value> = { always: Value } | { by: Reference; map: ReadonlyMap<string, Value> };

export interface Condition {
  reference: Reference;
  in?: ReadonlySet<string>;
  not?: ReadonlySet<string>;
  min?: number;
  max?: number;
  matches?: RegExp;
  notMatches?: RegExp;
  exists?: boolean;
}

export interface StateWord {
  code: number;
  word: string;
  severity: Severity;
}

/** By the device's code ("3") or text, lower case. */
export type StateMap = ReadonlyMap<string, StateWord>;

export interface Validity {
  min?: number;
  max?: number;
  /** What the device sent, as text. */
  not?: ReadonlySet<string>;
}

export interface RuleMeasurement {
  name: string;
  kind: MeasurementKind;
  /** True: the file says the kind; false: Counter64 makes a counter a counter64. */
  kindIsSaid: boolean;
  unit: Chooser<string | undefined>;
  /** In order of preference; scale and offset are part of them. */
  sources: readonly Expression[];
  valid?: Validity;
  states?: StateMap;
  bits?: StateMap;
  read: "cycle" | "discovery" | "show";
}

export interface Lookup {
  name: string;
  table: string;
  columns: readonly Column[];
  /** Rows are found by the value of this column, or by this part of their index, instead of their whole index. */
  by?: { column: Column } | { index: Extract<Reference, { kind: "index" }> };
  /** Rows count only when these columns have one of these values (lower case). */
  only: readonly { column: Column; values: ReadonlySet<string> }[];
}

export const limitNames = ["warningAbove", "criticalAbove", "warningBelow", "criticalBelow"] as const;
export type LimitName = (typeof limitNames)[number];

export interface Rule {
  /** "<module or family>.<id>", unique in a profile. */
  id: string;
  class: Chooser<ComponentClass>;
  /** What makes this rule superfluous: classes, whole rule ids, "family.<class>". */
  unless: readonly string[];
  /** Modules' rules are tried by this number, then in the order of their files. */
  order?: number;
  /** OID of the entry; undefined when all columns are scalars. */
  table?: string;
  columns: readonly Column[];
  /** Position in `columns` by name. */
  columnOf: ReadonlyMap<string, number>;
  where: readonly Condition[];
  keys: readonly Template[];
  label?: Template;
  attributes: readonly (readonly [string, Template])[];
  measurements: readonly RuleMeasurement[];
  limits: readonly (readonly [LimitName, Expression])[];
  /** Whose limits these are, when not those of the class's main measurement. */
  limitOf?: string;
  keepEmpty: boolean;
  dropDuplicates: boolean;
}
