/** Readings to components: the hot path of a poll. Nothing here parses, matches or builds a string. */
import type { Component, Measurement } from "../../samples/types.ts";
import type { VarBind } from "../../snmp/types.ts";
import type { RowPlan, RuleUse, View } from "./plan.ts";

type Cells = readonly (VarBind | undefined)[];

/** The cells of a reading by the positions of a rule's columns. */
export function viewOf(use: RuleUse, columns: readonly Cells[], scalars: Cells): View {
  const { rule, positions } = use;
  const view: (Cells | undefined)[] = new Array(positions.length);
  for (let column = 0; column < positions.length; column++) {
    const position = positions[column]!;
    if (position >= 0) view[column] = rule.columns[column]!.scalar ? [scalars[position]] : columns[position];
  }
  return view;
}

/**
 * Adds the components of one rule to `components`. Returns false when there are rows the plan does not know, or it
 * knows rows that are not there: the table has changed since the discovery.
 */
export function addComponents(
  use: RuleUse,
  indexes: readonly string[],
  view: View,
  components: Component[],
): boolean {
  const { rows, order } = use;
  let isKnown = true;
  for (let row = 0; row < indexes.length; row++) {
    const index = indexes[row]!;
    let place = order[row];
    if (place === undefined || place.index !== index) {
      place = { index, row: rows.get(index) };
      order[row] = place;
    }
    if (place.row === undefined) isKnown = false;
    else if (place.row !== null) components.push(componentOf(place.row, view, row));
  }
  order.length = indexes.length;
  return isKnown && indexes.length === rows.size;
}

function componentOf(plan: RowPlan, view: View, row: number): Component {
  const measurements: Record<string, Measurement> = {};
  for (const slot of plan.shape.slots) {
    const measurement = slot.measure(view, row);
    if (measurement !== undefined) measurements[slot.name] = measurement;
  }
  if (plan.constants) Object.assign(measurements, plan.constants);
  const { key, label, index, attributes } = plan;
  return { class: plan.class, key, label, index, attributes, measurements };
}
