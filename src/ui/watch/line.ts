/** What a screen is made of. Pure. */

export type Style = "up" | "degraded" | "down" | "unreachable" | "unknown" | "bold" | "dim" | "selected";

/** A piece of a line; the words say everything, styles only repeat it. */
export interface Span {
  text: string;
  style?: Style;
}
export type Line = readonly Span[];
