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

/** Adds the components of one rule to `components`, in the agent's order of rows. */
export function addComponents(
  use: RuleUse,
  indexes: readonly string[],
  view: View,
  components: Component[],
): void {
  const { rows, order } = use;
  for (let row = 0; row < indexes.length; row++) {
    const index = indexes[row]!;
    let place = order[row];
    if (place === undefined || place.index !== index) {
      place = { index, row: rows.get(index) };
      order[row] = place;
    }
    if (place.row) components.push(componentOf(place.row, view, row));
  }
  order.length = indexes.length;
}

/** Are these the rows of the discovery, no more and no less? Else the plan has aged. */
export function isFamiliar(known: ReadonlySet<string>, indexes: readonly string[]): boolean {
  if (indexes.length !== known.size) return false;
  for (let row = 0; row < indexes.length; row++) if (!known.has(indexes[row]!)) return false;
  return true;
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
