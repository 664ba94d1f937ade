/** How many columns of a terminal a text takes, and texts cut to them: by graphemes, not by code units. Pure. */
import { createRequire } from "node:module";

const graphemes = new Intl.Segmenter("vi", { granularity: "grapheme" });
/** One column each: letters, Vietnamese ones included, and signs that tables and views use. For them there is nothing to measure. */
const PLAIN = /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u01b0\u1ea0-\u1ef9·–…›▸▏▁-█“”↑↓←→]*$/;

/** Loaded when the first text is not plain: a start seldom needs it, and should not wait for it. */
let measure: ((text: string) => number) | undefined;
function stringWidth(text: string): number {
  measure ??= (createRequire(import.meta.url)("string-width") as { default: (text: string) => number })
    .default;
  return measure(text);
}

export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** At most `width` columns, the last an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (PLAIN.test(text)) return `${text.slice(0, Math.max(0, width - 1))}…`.slice(0, width);
  let fitted = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const columns = stringWidth(segment);
    if (used + columns > width - 1) break;
    fitted += segment;
    used += columns;
  }
  return `${fitted}…`;
}
