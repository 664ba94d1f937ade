/** Cells and paragraphs of the live view: texts of anybody that fit; numbers as short as they can be read. Pure. */
import { terminalText } from "../../report/encode.ts";
import { cut, widthOf } from "../../report/width.ts";

/** Text of anybody, neutralised, in exactly `width` columns. */
export function cell(text: string, width: number, align: "left" | "right" = "left"): string {
  if (width <= 0) return "";
  const safe = terminalText(text.normalize("NFC"));
  const fitted = cut(safe, width);
  const padding = " ".repeat(Math.max(0, width - widthOf(fitted)));
  return align === "right" ? padding + fitted : fitted + padding;
}

/** Lines of at most `width` columns, broken at spaces; at most `most` of them. */
export function wrap(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let rest = terminalText(text.normalize("NFC")).trim();
  while (rest !== "" && lines.length < most) {
    if (lines.length === most - 1 || widthOf(rest) <= width) {
      lines.push(cut(rest, width));
      break;
    }
    const head = cut(rest, width + 1).slice(0, -1);
    const space = head.lastIndexOf(" ");
    const line = space > width / 3 ? head.slice(0, space) : head;
    lines.push(line);
    rest = rest.slice(line.length).trim();
  }
  return lines;
}

/** "1.2G", "35M", "900k", "12": bits per second in five columns. */
export function shortRate(bitsPerSecond: number | undefined): string {
  if (bitsPerSecond === undefined) return "";
  let value = bitsPerSecond;
  let step = 0;
  while (value >= 999.5 && step < 4) {
    value /= 1000;
    step += 1;
  }
  return `${value < 9.95 && step > 0 ? value.toFixed(1) : Math.round(value)}${["", "k", "M", "G", "T"][step]}`;
}

/** "45s", "12m", "3h", "9d". */
export function shortAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

const bars = "▁▂▃▄▅▆▇█";

/** Percentages as bars, the newest at the right; what is not known is a gap. */
export function sparkline(points: readonly (number | null)[], width: number): string {
  const shown = points.slice(-width).map((point) => {
    if (point === null) return " ";
    return bars[Math.max(0, Math.min(bars.length - 1, Math.floor((point / 100) * bars.length)))];
  });
  return shown.join("").padStart(width);
}
