/**
 * Arithmetic of profiles: numbers, references, + - * / ^, comparisons (1 or 0), min, max, if(condition, a, b), log10.
 * A missing value makes the result missing. Constants are folded when a row is bound, so that what is left for every
 * cycle is as small as it can be, and equal rows share one evaluator.
 */
import { Cursor, type Reference, readReference } from "./reference.ts";

export type Operator = "+" | "-" | "*" | "/" | "^" | "<" | ">" | "<=" | ">=" | "==" | "!=";
export type FunctionName = "min" | "max" | "if" | "log10" | "abs" | "floor";

export type Expression =
  | { kind: "number"; value: number }
  | { kind: "reference"; reference: Reference }
  | { kind: "binary"; operator: Operator; left: Expression; right: Expression }
  | { kind: "call"; name: FunctionName; parameters: readonly Expression[] };

const functions: Record<FunctionName, number> = { min: 2, max: 2, if: 3, log10: 1, abs: 1, floor: 1 };

/** Throws GrammarError. A number stands for itself. */
export function parseExpression(source: string | number): Expression {
  if (typeof source === "number") return { kind: "number", value: source };
  const cursor = new Cursor(source);
  const expression = readComparison(cursor);
  cursor.skipSpace();
  if (!cursor.atEnd) throw cursor.error("an operator or the end");
  return expression;
}

function readComparison(cursor: Cursor): Expression {
  const left = readSum(cursor);
  cursor.skipSpace();
  const operator = cursor.take(/<=|>=|==|!=|<|>/y) as Operator | undefined;
  return operator === undefined ? left : { kind: "binary", operator, left, right: readSum(cursor) };
}

/** Left-associative levels. */
function readLeft(cursor: Cursor, pattern: RegExp, readOperand: (cursor: Cursor) => Expression): Expression {
  let left = readOperand(cursor);
  for (;;) {
    cursor.skipSpace();
    const operator = cursor.take(pattern) as Operator | undefined;
    if (operator === undefined) return left;
    left = { kind: "binary", operator, left, right: readOperand(cursor) };
  }
}

const readSum = (cursor: Cursor): Expression => readLeft(cursor, /[+-]/y, readProduct);
const readProduct = (cursor: Cursor): Expression => readLeft(cursor, /[*/]/y, readPower);

function readPower(cursor: Cursor): Expression {
  const left = readOperand(cursor);
  cursor.skipSpace();
  return cursor.take(/\^/y) === undefined
    ? left
    : { kind: "binary", operator: "^", left, right: readPower(cursor) };
}

function readOperand(cursor: Cursor): Expression {
  cursor.skipSpace();
  if (cursor.take(/-/y) !== undefined) {
    return { kind: "binary", operator: "-", left: { kind: "number", value: 0 }, right: readOperand(cursor) };
  }
  const number = cursor.take(/\d+(?:\.\d+)?(?:e-?\d+)?/y);
  if (number !== undefined) return { kind: "number", value: Number(number) };
  if (cursor.take(/\(/y) !== undefined) {
    const inner = readComparison(cursor);
    cursor.skipSpace();
    cursor.expect(/\)/y, '")"');
    return inner;
  }
  const call = cursor.take(/[a-z0-9]+(?=\()/y);
  if (call !== undefined) return readCall(cursor, call);
  return { kind: "reference", reference: readReference(cursor, false) };
}

function readCall(cursor: Cursor, name: string): Expression {
  if (!Object.hasOwn(functions, name))
    throw cursor.error(`one of the functions ${Object.keys(functions).join(", ")} before`);
  cursor.expect(/\(/y, '"("');
  const parameters: Expression[] = [];
  do parameters.push(readComparison(cursor));
  while (cursor.take(/\s*,/y) !== undefined);
  cursor.expect(/\s*\)/y, '"," or ")"');
  const wanted = functions[name as FunctionName];
  if (parameters.length !== wanted) throw cursor.error(`${wanted} parameters for ${name} before`);
  return { kind: "call", name: name as FunctionName, parameters };
}

/** The references of an expression. */
export function* expressionReferences(expression: Expression): Generator<Reference> {
  if (expression.kind === "reference") yield expression.reference;
  if (expression.kind === "binary") {
    yield* expressionReferences(expression.left);
    yield* expressionReferences(expression.right);
  }
  if (expression.kind === "call")
    for (const parameter of expression.parameters) yield* expressionReferences(parameter);
}

/** One step of arithmetic. Undefined where there is no number (division by zero, logarithm of nothing). */
export function applyOperator(operator: Operator, left: number, right: number): number | undefined {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0 ? undefined : left / right;
    case "^":
      return left ** right;
    case "<":
      return left < right ? 1 : 0;
    case ">":
      return left > right ? 1 : 0;
    case "<=":
      return left <= right ? 1 : 0;
    case ">=":
      return left >= right ? 1 : 0;
    case "==":
      return left === right ? 1 : 0;
    case "!=":
      return left === right ? 0 : 1;
  }
}

/** A function of two or one number; `if` is evaluated where its branches are. */
export function applyFunction(
  name: Exclude<FunctionName, "if">,
  first: number,
  second: number,
): number | undefined {
  switch (name) {
    case "min":
      return Math.min(first, second);
    case "max":
      return Math.max(first, second);
    case "abs":
      return Math.abs(first);
    case "floor":
      return Math.floor(first);
    case "log10":
      return first > 0 ? Math.log10(first) : undefined;
  }
}
