/** Measurements compiled: from cells of a reading to a `Measurement`, with nothing decided twice. */
import { type Bound, boundColumns, evaluateBound } from "../../profiles/bound.ts";
import type { Rule, RuleMeasurement, StateMap, StateWord, Validity } from "../../profiles/rule.ts";
import type { Measurement, MeasurementKind } from "../../samples/types.ts";
import type { VarBind } from "../../snmp/types.ts";
import { cellNumber, cellText, isAbsent } from "./cell.ts";
import type { Shape, Slot, View } from "./plan.ts";

/** Unknown codes and flag sets of one map that are remembered; hostile agents could send any number of them. */
const mostRemembered = 256;

type Measure = Slot["measure"];

/** Slots and shapes by what they do; per rule, shared by all devices of its family. */
const interned = new WeakMap<Rule, { slots: Map<string, Slot>; shapes: Map<string, Shape> }>();

function internedOf(rule: Rule): { slots: Map<string, Slot>; shapes: Map<string, Shape> } {
  const known = interned.get(rule);
  if (known) return known;
  const fresh = { slots: new Map<string, Slot>(), shapes: new Map<string, Shape>() };
  interned.set(rule, fresh);
  return fresh;
}

export interface InternedSlot {
  slot: Slot;
  signature: string;
}

/** The slot that measures `bound` as `measurement`. */
export function slotFor(
  rule: Rule,
  measurement: RuleMeasurement,
  bound: Bound,
  unit: string | undefined,
): InternedSlot {
  const { slots } = internedOf(rule);
  const signature = `${measurement.name} ${unit ?? ""} ${boundText(bound)}`;
  let slot = slots.get(signature);
  if (slot === undefined) {
    const columns = [...new Set(boundColumns(bound))];
    slot = { name: measurement.name, measure: compileMeasure(rule, measurement, bound, unit), columns };
    slots.set(signature, slot);
  }
  return { slot, signature };
}

/** The shape of a row made of these slots. */
export function shapeOf(rule: Rule, slots: readonly InternedSlot[]): Shape {
  const { shapes } = internedOf(rule);
  const signature = slots.map((each) => each.signature).join("\n");
  let shape = shapes.get(signature);
  if (shape === undefined) {
    const columns = new Set(slots.flatMap((each) => each.slot.columns));
    shape = { slots: slots.map((each) => each.slot), columns: [...columns] };
    shapes.set(signature, shape);
  }
  return shape;
}

function boundText(bound: Bound): string {
  switch (bound.kind) {
    case "number":
      return String(bound.value);
    case "column":
      return `c${bound.column}`;
    case "binary":
      return `(${boundText(bound.left)}${bound.operator}${boundText(bound.right)})`;
    case "call":
      return `${bound.name}(${bound.parameters.map(boundText).join()})`;
  }
}

function compileMeasure(
  rule: Rule,
  measurement: RuleMeasurement,
  bound: Bound,
  unit: string | undefined,
): Measure {
  const { states, bits, valid } = measurement;
  const isPlain =
    bound.kind === "column" &&
    rule.columns[bound.column]!.as === undefined &&
    rule.columns[bound.column]!.match === undefined;
  let measure: Measure;
  if (bits && bound.kind === "column") measure = measureFlags(reader(rule, bound.column), bits);
  else if (states)
    measure =
      bound.kind === "column" && !isNumberForm(rule, bound.column)
        ? measureState(rule, bound.column, states)
        : measureComputedState(evaluator(rule, bound), states);
  else if (measurement.kind.startsWith("counter"))
    measure =
      bound.kind === "column"
        ? measureCounter(reader(rule, bound.column), unit)
        : measureGauge(evaluator(rule, bound), measurement.kind, unit, undefined);
  else if (isPlain && !valid) measure = measurePlainGauge(rule, bound.column, unit);
  else measure = measureGauge(evaluator(rule, bound), measurement.kind, unit, valid);
  const columns = [...new Set(boundColumns(bound))];
  return valid?.not ? withoutRaw(rule, columns, valid.not, measure) : measure;
}

const isNumberForm = (rule: Rule, column: number): boolean => rule.columns[column]!.as === "uint";

/** The cell of a rule's column in the row; scalars are the same in each. */
function reader(rule: Rule, column: number): (view: View, row: number) => VarBind | undefined {
  return rule.columns[column]!.scalar ? (view) => view[column]?.[0] : (view, row) => view[column]?.[row];
}

function evaluator(rule: Rule, bound: Bound): (view: View, row: number) => number | undefined {
  let view: View = [];
  let row = 0;
  const numberOf = (column: number): number | undefined => {
    const form = rule.columns[column]!;
    return cellNumber(view[column]?.[form.scalar ? 0 : row], form);
  };
  return (currentView, currentRow) => {
    view = currentView;
    row = currentRow;
    return evaluateBound(bound, numberOf);
  };
}

function measureCounter(
  read: (view: View, row: number) => VarBind | undefined,
  unit: string | undefined,
): Measure {
  return (view, row) => {
    const value = read(view, row)?.value;
    if (typeof value === "bigint") return { kind: "counter64", value, unit };
    return typeof value === "number" ? { kind: "counter32", value, unit } : undefined;
  };
}

function measurePlainGauge(rule: Rule, column: number, unit: string | undefined): Measure {
  const read = reader(rule, column);
  return (view, row) => {
    const cell = read(view, row);
    const value = typeof cell?.value === "number" ? cell.value : cellNumber(cell);
    return value === undefined ? undefined : { kind: "gauge", value, unit };
  };
}

function measureGauge(
  evaluate: (view: View, row: number) => number | undefined,
  kind: MeasurementKind,
  unit: string | undefined,
  valid: Validity | undefined,
): Measure {
  const min = valid?.min ?? Number.NEGATIVE_INFINITY;
  const max = valid?.max ?? Number.POSITIVE_INFINITY;
  return (view, row) => {
    const value = evaluate(view, row);
    if (value === undefined || !(value >= min && value <= max) || !Number.isFinite(value)) return undefined;
    return { kind, value: tidy(value), unit };
  };
}

/** Without the noise of binary fractions: at most twelve significant digits. */
function tidy(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(12));
}

function withoutRaw(
  rule: Rule,
  columns: readonly number[],
  not: ReadonlySet<string>,
  measure: Measure,
): Measure {
  const readers = columns.map((column) => reader(rule, column));
  return (view, row) => {
    for (const read of readers) {
      const value = read(view, row)?.value;
      if (value === undefined || value === null) continue;
      const text =
        typeof value === "number" || typeof value === "bigint"
          ? String(value)
          : cellText(read(view, row)).toLowerCase();
      if (not.has(text)) return undefined;
    }
    return measure(view, row);
  };
}

/** One object per state, however often it is measured. */
class StateMeasurements {
  readonly #byKey = new Map<string, Measurement>();
  readonly #byCode = new Map<number, Measurement>();
  readonly #states: StateMap;

  constructor(states: StateMap) {
    this.#states = states;
    for (const [key, state] of states) {
      const measurement = stateMeasurement(state);
      this.#byKey.set(key, measurement);
      if (/^-?\d+$/.test(key)) this.#byCode.set(Number(key), measurement);
    }
  }

  ofCode(code: number): Measurement {
    return (
      this.#byCode.get(code) ??
      this.#remember(this.#byCode, code, { code, word: `code ${code}`, severity: "unknown" })
    );
  }

  /** Texts are compared without case; a text that is a number is its code. */
  ofText(text: string): Measurement | undefined {
    const key = text.toLowerCase();
    const known = this.#byKey.get(key);
    if (known || text === "") return known;
    return this.#remember(this.#byKey, key, { code: -1, word: text.slice(0, 64), severity: "unknown" });
  }

  #remember<Key>(map: Map<Key, Measurement>, key: Key, state: StateWord): Measurement {
    const measurement = stateMeasurement(state);
    if (map.size < this.#states.size + mostRemembered) map.set(key, measurement);
    return measurement;
  }
}

const stateMeasurement = ({ code, word, severity }: StateWord): Measurement => ({
  kind: "state",
  value: code,
  word,
  severity,
});

function measureState(rule: Rule, column: number, states: StateMap): Measure {
  const measurements = new StateMeasurements(states);
  const read = reader(rule, column);
  const form = rule.columns[column]!;
  return (view, row) => {
    const cell = read(view, row);
    if (typeof cell?.value === "number") return measurements.ofCode(cell.value);
    return isAbsent(cell) ? undefined : measurements.ofText(cellText(cell, form));
  };
}

function measureComputedState(
  evaluate: (view: View, row: number) => number | undefined,
  states: StateMap,
): Measure {
  const measurements = new StateMeasurements(states);
  return (view, row) => {
    const code = evaluate(view, row);
    return code === undefined ? undefined : measurements.ofCode(code);
  };
}

const severityOrder = ["ok", "unknown", "warning", "critical"] as const;

/** BITS: bit 0 is the highest of the first octet (RFC 2578 7.1.4); of an integer, the lowest. No flag set is "none". */
function measureFlags(read: (view: View, row: number) => VarBind | undefined, bits: StateMap): Measure {
  const remembered = new Map<string, Measurement>();
  return (view, row) => {
    const value = read(view, row)?.value;
    const set = Buffer.isBuffer(value)
      ? bitsOf(value)
      : typeof value === "number"
        ? bitsOfInteger(value)
        : undefined;
    if (set === undefined) return undefined;
    const key = set.join();
    let measurement = remembered.get(key);
    if (measurement === undefined) {
      measurement = flagsMeasurement(set, bits);
      if (remembered.size < mostRemembered) remembered.set(key, measurement);
    }
    return measurement;
  };
}

function bitsOf(octets: Buffer): number[] {
  const set: number[] = [];
  for (let bit = 0; bit < Math.min(octets.length, 16) * 8; bit++) {
    if ((octets[bit >> 3]! & (0x80 >> (bit & 7))) !== 0) set.push(bit);
  }
  return set;
}

function bitsOfInteger(value: number): number[] {
  const set: number[] = [];
  for (let bit = 0; bit < 32; bit++) if (((value >>> bit) & 1) === 1) set.push(bit);
  return set;
}

/** The value is the flags as a number, bit 0 lowest (the first 32). */
function flagsMeasurement(set: readonly number[], bits: StateMap): Measurement {
  const words = set.map(
    (bit) => bits.get(String(bit)) ?? { word: `bit ${bit}`, severity: "unknown" as const },
  );
  const worst = Math.max(0, ...words.map(({ severity }) => severityOrder.indexOf(severity)));
  const value = set.reduce((sum, bit) => (bit < 32 ? sum + 2 ** bit : sum), 0);
  return {
    kind: "state",
    value,
    word: words.map(({ word }) => word).join(", ") || "none",
    severity: severityOrder[worst]!,
  };
}
