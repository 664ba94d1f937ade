/** Slots and shapes, interned: rows that are measured alike, of whatever device, share them. */
import { type Bound, boundColumns } from "../../profiles/bound.ts";
import type { Rule, RuleMeasurement } from "../../profiles/rule.ts";
import { compileMeasure } from "./measure.ts";
import type { Shape, Slot } from "./plan.ts";

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
