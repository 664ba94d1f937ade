/** Measurements compiled: from cells of a reading to a `Measurement`, with nothing decided twice. */
import { type Bound, boundColumns, evaluateBound } from "../../profiles/bound.ts";
import type { Rule, RuleMeasurement, Validity } from "../../profiles/rule.ts";
import type { MeasurementKind } from "../../samples/types.ts";
import { cellNumber, cellText } from "./cell.ts";
import {
  type Evaluate,
  measureComputedState,
  measureFlags,
  measureState,
  type ReadCell,
} from "./measure-state.ts";
import type { Slot, View } from "./plan.ts";

type Measure = Slot["measure"];

/** How `bound` becomes the measurement of a row. */
export function compileMeasure(
  rule: Rule,
  measurement: RuleMeasurement,
  bound: Bound,
  unit: string | undefined,
): Measure {
  const measure = measureOf(rule, measurement, bound, unit);
  const columns = [...new Set(boundColumns(bound))];
  return measurement.valid?.not ? withoutRaw(rule, columns, measurement.valid.not, measure) : measure;
}

function measureOf(
  rule: Rule,
  measurement: RuleMeasurement,
  bound: Bound,
  unit: string | undefined,
): Measure {
  const { states, bits, valid, kind } = measurement;
  if (bound.kind !== "column") {
    const evaluate = evaluator(rule, bound);
    return states ? measureComputedState(evaluate, states) : measureGauge(evaluate, kind, unit, valid);
  }
  const { column } = bound;
  const form = rule.columns[column]!;
  const read = reader(rule, column);
  if (bits) return measureFlags(read, bits);
  if (states) {
    return form.as === "uint"
      ? measureComputedState(evaluator(rule, bound), states)
      : measureState(read, form, states);
  }
  if (kind !== "gauge") return measureCounter(read, unit);
  const isPlain = form.as === undefined && form.match === undefined && valid === undefined;
  return isPlain ? measurePlainGauge(read, unit) : measureGauge(evaluator(rule, bound), kind, unit, valid);
}

/** The cell of a rule's column in the row; scalars are the same in each. */
function reader(rule: Rule, column: number): ReadCell {
  return rule.columns[column]!.scalar ? (view) => view[column]?.[0] : (view, row) => view[column]?.[row];
}

function evaluator(rule: Rule, bound: Bound): Evaluate {
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

function measureCounter(read: ReadCell, unit: string | undefined): Measure {
  return (view, row) => {
    const value = read(view, row)?.value;
    if (typeof value === "bigint") return { kind: "counter64", value, unit };
    return typeof value === "number" ? { kind: "counter32", value, unit } : undefined;
  };
}

function measurePlainGauge(read: ReadCell, unit: string | undefined): Measure {
  return (view, row) => {
    const cell = read(view, row);
    const value = typeof cell?.value === "number" ? cell.value : cellNumber(cell);
    return value === undefined ? undefined : { kind: "gauge", value, unit };
  };
}

function measureGauge(
  evaluate: Evaluate,
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
