/**
 * Arithmetic bound to a row: what is constant there is computed, what changes remains as columns of the rule. Equal
 * texts of two bound expressions mean that one evaluator serves both rows.
 */
import {
  applyFunction,
  applyOperator,
  type Expression,
  type FunctionName,
  type Operator,
} from "./expression.ts";
import type { Reference } from "./reference.ts";

export type Bound =
  | { kind: "number"; value: number }
  /** `column` is the position in the rule's columns. */
  | { kind: "column"; column: number }
  | { kind: "binary"; operator: Operator; left: Bound; right: Bound }
  | { kind: "call"; name: FunctionName; parameters: readonly Bound[] };

/** What a reference is for the row: a number, a column that is read each cycle, or nothing. */
export type Resolve = (reference: Reference) => number | { column: number } | undefined;

/** Undefined when a value is missing for good. */
export function bindExpression(expression: Expression, resolve: Resolve): Bound | undefined {
  switch (expression.kind) {
    case "number":
      return expression;
    case "reference": {
      const found = resolve(expression.reference);
      if (found === undefined) return undefined;
      return typeof found === "number"
        ? { kind: "number", value: found }
        : { kind: "column", column: found.column };
    }
    case "binary": {
      const left = bindExpression(expression.left, resolve);
      const right = left && bindExpression(expression.right, resolve);
      return left && right && foldBinary(expression.operator, left, right);
    }
    case "call":
      return expression.name === "if"
        ? bindIf(expression.parameters, resolve)
        : bindCall(expression.name, expression.parameters, resolve);
  }
}

function foldBinary(operator: Operator, left: Bound, right: Bound): Bound | undefined {
  if (left.kind === "number" && right.kind === "number") {
    const value = applyOperator(operator, left.value, right.value);
    return value === undefined ? undefined : { kind: "number", value };
  }
  if (
    right.kind === "number" &&
    right.value === 1 &&
    (operator === "*" || operator === "/" || operator === "^")
  )
    return left;
  if (right.kind === "number" && right.value === 0 && (operator === "+" || operator === "-")) return left;
  // × 0.1 is inexact where ÷ 10 is exact.
  if (operator === "*" && right.kind === "number" && right.value !== 0 && Math.abs(right.value) < 1) {
    const divisor = Math.round(1 / right.value);
    if (Math.abs(1 / right.value - divisor) < 1e-6 * Math.abs(divisor)) {
      return { kind: "binary", operator: "/", left, right: { kind: "number", value: divisor } };
    }
  }
  return { kind: "binary", operator, left, right };
}

/** A branch that cannot be had is no branch; a constant condition leaves one. */
function bindIf(parameters: readonly Expression[], resolve: Resolve): Bound | undefined {
  const [condition, yes, no] = parameters.map((parameter) => bindExpression(parameter, resolve));
  if (condition === undefined) return undefined;
  if (condition.kind === "number") return condition.value === 0 ? no : yes;
  return { kind: "call", name: "if", parameters: [condition, yes ?? never, no ?? never] };
}

/** Evaluates to nothing. */
const never: Bound = {
  kind: "binary",
  operator: "/",
  left: { kind: "number", value: 0 },
  right: { kind: "number", value: 0 },
};

function bindCall(
  name: FunctionName,
  parameters: readonly Expression[],
  resolve: Resolve,
): Bound | undefined {
  const bound = parameters.map((parameter) => bindExpression(parameter, resolve));
  if (bound.some((parameter) => parameter === undefined)) return undefined;
  return { kind: "call", name, parameters: bound as Bound[] };
}

/** The columns a bound expression needs, by position in the rule. */
export function* boundColumns(bound: Bound): Generator<number> {
  if (bound.kind === "column") yield bound.column;
  if (bound.kind === "binary") {
    yield* boundColumns(bound.left);
    yield* boundColumns(bound.right);
  }
  if (bound.kind === "call") for (const parameter of bound.parameters) yield* boundColumns(parameter);
}

/** Evaluates, given the number in a column; undefined when one is missing. */
export function evaluateBound(
  bound: Bound,
  numberOf: (column: number) => number | undefined,
): number | undefined {
  switch (bound.kind) {
    case "number":
      return bound.value;
    case "column":
      return numberOf(bound.column);
    case "binary": {
      const left = evaluateBound(bound.left, numberOf);
      if (left === undefined) return undefined;
      const right = evaluateBound(bound.right, numberOf);
      return right === undefined ? undefined : applyOperator(bound.operator, left, right);
    }
    case "call": {
      const [first, second, third] = bound.parameters;
      const value = evaluateBound(first!, numberOf);
      if (value === undefined) return undefined;
      if (bound.name === "if") return evaluateBound(value === 0 ? third! : second!, numberOf);
      const other = second === undefined ? 0 : evaluateBound(second, numberOf);
      return other === undefined ? undefined : applyFunction(bound.name, value, other);
    }
  }
}
