/** Lines as text for a terminal, with or without colour. Pure. */
import type { Line, Style } from "./line.ts";

/** SGR codes; a state's word is always there, so colour only repeats it. */
const codes: Readonly<Record<Style, string>> = {
  up: "32",
  degraded: "33",
  down: "1;31",
  unreachable: "35",
  unknown: "2",
  bold: "1",
  dim: "2",
  selected: "7",
};

export function paintLine(line: Line, isColored: boolean): string {
  if (!isColored)
    return line
      .map(({ text }) => text)
      .join("")
      .trimEnd();
  return line
    .map(({ text, style }) => (style === undefined ? text : `\u001b[${codes[style]}m${text}\u001b[0m`))
    .join("")
    .trimEnd();
}

export function paintFrame(lines: readonly Line[], isColored: boolean): string[] {
  return lines.map((line) => paintLine(line, isColored));
}
