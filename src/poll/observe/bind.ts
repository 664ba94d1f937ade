/** A rule meets the rows of a device: which are components, of what class, and how each is measured from now on. */
import { type Bound, bindExpression, boundColumns, evaluateBound } from "../../profiles/bound.ts";
import type { Expression } from "../../profiles/expression.ts";
import type { Reference } from "../../profiles/reference.ts";
import type { Chooser, Condition, Rule, RuleMeasurement } from "../../profiles/rule.ts";
import { renderTemplate, type Template } from "../../profiles/template.ts";
import { measurementWord } from "../../profiles/vocabulary.ts";
import type { ComponentClass, Measurement } from "../../samples/types.ts";
import { cellNumber, isAbsent } from "./cell.ts";
import type { View } from "./plan.ts";
import type { RowScope } from "./scope.ts";
import { type InternedSlot, slotFor } from "./slot.ts";

/** A row that is a component; its key is not yet made unique. */
export interface BoundRow {
  index: string;
  class: ComponentClass;
  keys: readonly string[];
  label: string;
  attributes: Record<string, string | number>;
  slots: InternedSlot[];
  constants: Record<string, Measurement>;
}

/** Undefined when the row is no component of this rule. */
export function bindRow(rule: Rule, scope: RowScope, full: boolean): BoundRow | undefined {
  if (!rule.where.every((condition) => holds(condition, scope))) return undefined;
  const componentClass = choose(rule.class, scope);
  if (componentClass === undefined) return undefined;
  const binder = new RowBinder(rule, scope, componentClass, full);
  for (const measurement of rule.measurements) {
    if (measurement.read !== "show" || full) binder.measure(measurement);
  }
  if (binder.measured === 0 && !rule.keepEmpty) return undefined;
  const keys = rule.keys.map((template) => renderTemplate(template, scope.text));
  const label = rule.label ? renderTemplate(rule.label, scope.text) : "";
  return {
    index: scope.index,
    class: componentClass,
    keys,
    label: label || keys.find((key) => key !== "") || scope.index || componentClass,
    attributes: attributesOf(rule, scope),
    slots: binder.slots,
    constants: binder.constants,
  };
}

class RowBinder {
  readonly slots: InternedSlot[] = [];
  readonly constants: Record<string, Measurement> = {};
  /** How many measurements have a valid value now. */
  measured = 0;
  readonly #rule: Rule;
  readonly #scope: RowScope;
  readonly #class: ComponentClass;
  readonly #full: boolean;
  /** The row of the discovery as a reading of one row. */
  readonly #view: View;

  constructor(rule: Rule, scope: RowScope, componentClass: ComponentClass, full: boolean) {
    this.#view = rule.columns.map((_, position) => [scope.cell(position)]);
    this.#rule = rule;
    this.#scope = scope;
    this.#class = componentClass;
    this.#full = full;
  }

  /** Takes the first source that answers for this row; the first that could, when none is valid now. */
  measure(measurement: RuleMeasurement): void {
    const unit =
      choose(measurement.unit, this.#scope) ?? measurementWord(this.#class, measurement.name)?.unit;
    let fallback: InternedSlot | undefined;
    let zero: { slot: InternedSlot; now: Measurement } | undefined;
    for (const source of measurement.sources) {
      const bound = bindExpression(source, (reference) => this.#resolve(reference, measurement));
      if (bound === undefined) continue;
      const interned = slotFor(
        this.#rule,
        measurement,
        bound,
        measurement.kind === "state" ? undefined : unit,
      );
      const now = interned.slot.measure(this.#view, 0);
      if (now === undefined) {
        fallback ??= interned;
      } else if (measurement.kind.startsWith("counter") && Number(now.value) === 0) {
        // Some agents have 64-bit counters that stand still at zero beside 32-bit ones that count.
        zero ??= { slot: interned, now };
      } else {
        this.#add(measurement, bound, interned, now);
        return;
      }
    }
    if (zero) this.#add(measurement, undefined, zero.slot, zero.now);
    else if (fallback && fallback.slot.columns.length > 0) this.slots.push(fallback);
  }

  #add(
    measurement: RuleMeasurement,
    bound: Bound | undefined,
    interned: InternedSlot,
    now: Measurement,
  ): void {
    this.measured += 1;
    const constant =
      measurement.read === "discovery" || (bound !== undefined && boundColumns(bound).next().done === true);
    if (constant) this.constants[measurement.name] = now;
    else this.slots.push(interned);
  }

  /** Columns of every cycle stay columns; all else is as it is now. */
  #resolve(reference: Reference, measurement: RuleMeasurement): number | { column: number } | undefined {
    if (reference.kind !== "name") return this.#scope.number(reference);
    const position = this.#rule.columnOf.get(reference.name);
    if (position === undefined || isAbsent(this.#scope.cell(position))) return undefined;
    const column = this.#rule.columns[position]!;
    const changes =
      column.read === "cycle" || (column.read === "show" && this.#full) || measurement.kind === "state";
    if (changes) return { column: position };
    const isInvalid = measurement.valid?.not?.has(this.#scope.text(reference).toLowerCase());
    return isInvalid ? undefined : this.#scope.number(reference);
  }
}

function choose<Value>(chooser: Chooser<Value>, scope: RowScope): Value | undefined {
  return "always" in chooser ? chooser.always : chooser.map.get(scope.text(chooser.by));
}

function holds(condition: Condition, scope: RowScope): boolean {
  const text = scope.text(condition.reference);
  if (condition.exists !== undefined && (text !== "") !== condition.exists) return false;
  if (condition.in && !condition.in.has(text.toLowerCase())) return false;
  if (condition.not?.has(text.toLowerCase())) return false;
  if (condition.matches && !condition.matches.test(text)) return false;
  if (condition.notMatches?.test(text)) return false;
  if (condition.min === undefined && condition.max === undefined) return true;
  const number = scope.number(condition.reference);
  return number !== undefined && number >= (condition.min ?? number) && number <= (condition.max ?? number);
}

function attributesOf(rule: Rule, scope: RowScope): Record<string, string | number> {
  const attributes: Record<string, string | number> = {};
  for (const [name, template] of rule.attributes) {
    const value = attributeValue(template, scope);
    if (value !== "") attributes[name] = value;
  }
  for (const [name, expression] of rule.limits) {
    const limit = constantNumber(expression, scope);
    if (limit !== undefined) attributes[name] = limit;
  }
  if (rule.limits.length > 0 && rule.limitOf !== undefined) attributes.limitOf = rule.limitOf;
  return attributes;
}

/** A number when the template is one reference to a number of the device; else text. */
function attributeValue(template: Template, scope: RowScope): string | number {
  const text = renderTemplate(template, scope.text);
  const [part] = template;
  if (template.length !== 1 || typeof part !== "object" || part.length !== 1) return text;
  const [reference] = part;
  if (typeof reference !== "object" || !/^-?\d{1,15}$/.test(text)) return text;
  if (reference.kind === "index") return Number(text);
  const position = reference.kind === "name" ? scope.rule.columnOf.get(reference.name) : undefined;
  const value = position === undefined ? undefined : scope.cell(position)?.value;
  return typeof value === "number" || typeof value === "bigint" || reference.kind === "lookup"
    ? Number(text)
    : text;
}

/** The value of an expression at discovery, whatever its columns. */
function constantNumber(expression: Expression, scope: RowScope): number | undefined {
  const bound = bindExpression(expression, (reference) => scope.number(reference));
  const value =
    bound && evaluateBound(bound, (column) => cellNumber(scope.cell(column), scope.rule.columns[column]));
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}
