/** States as marks: a shape for each, so that they differ without colour. */
import type { State } from "../../health/types.ts";
import { htmlText } from "../encode.ts";
import type { Messages } from "../messages/messages.ts";

/** A state's word on its own ground; the shape before it is the style's. */
export function stateBadge(messages: Messages, state: State): string {
  return `<b class="badge ${state}">${htmlText(messages.states[state])}</b>`;
}

/** A state's word with its shape. */
export function stateMark(messages: Messages, state: State): string {
  return `<b class="${state}">${htmlText(messages.states[state])}</b>`;
}

/** The shape of a state as SVG around a point; `size` is half its width. */
export function stateShape(state: State, x: number, y: number, size: number): string {
  const at = (dx: number, dy: number) => `${round(x + dx * size)},${round(y + dy * size)}`;
  const polygon = (...points: string[]) => `<polygon class="mark f-${state}" points="${points.join(" ")}"/>`;
  switch (state) {
    case "degraded":
      return polygon(at(0, -1.15), at(1.1, 0.85), at(-1.1, 0.85));
    case "down":
      return polygon(at(-1, -1), at(1, -1), at(1, 1), at(-1, 1));
    case "unreachable":
      return polygon(at(0, -1.3), at(1.3, 0), at(0, 1.3), at(-1.3, 0));
    default:
      return `<circle class="mark f-${state}" cx="${round(x)}" cy="${round(y)}" r="${round(size)}"/>`;
  }
}

/** Coordinates need no more than a tenth. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
