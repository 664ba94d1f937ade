/** Two texts as a unified diff, so that a person sees a change of the inventory before it is made. */

interface Step {
  sign: " " | "-" | "+";
  line: string;
}

/** Unified diff with three lines around each change; "" when the texts are the same. */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return "";
  const steps = diffLines(splitLines(before), splitLines(after));
  const changed = steps.flatMap((step, i) => (step.sign === " " ? [] : [i]));
  const hunks: { start: number; end: number }[] = [];
  for (const i of changed) {
    const last = hunks.at(-1);
    if (last && i - 3 <= last.end) last.end = Math.min(steps.length, i + 4);
    else hunks.push({ start: Math.max(0, i - 3), end: Math.min(steps.length, i + 4) });
  }
  const oldName = before === "" ? "/dev/null" : `a/${file}`;
  return [`--- ${oldName}`, `+++ b/${file}`, ...hunks.flatMap((hunk) => hunkLines(steps, hunk))]
    .join("\n")
    .concat("\n");
}

function splitLines(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function hunkLines(steps: readonly Step[], hunk: { start: number; end: number }): string[] {
  const count = (from: number, to: number, without: Step["sign"]) =>
    steps.slice(from, to).filter((step) => step.sign !== without).length;
  const place = (without: Step["sign"]) => {
    const lines = count(hunk.start, hunk.end, without);
    return `${count(0, hunk.start, without) + (lines > 0 ? 1 : 0)},${lines}`;
  };
  const shown = steps
    .slice(hunk.start, hunk.end)
    .map((step) => `${step.sign}${step.line.replace(/\r$/, "")}`);
  return [`@@ -${place("+")} +${place("-")} @@`, ...shown];
}

/** Shortest edit script, greedy (Myers 1986, "An O(ND) Difference Algorithm", section 4); common ends cut first. */
function diffLines(a: readonly string[], b: readonly string[]): Step[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail++;
  const keep = (lines: readonly string[]): Step[] => lines.map((line) => ({ sign: " ", line }));
  const middle = shortestEdit(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return [...keep(a.slice(0, head)), ...middle, ...keep(a.slice(a.length - tail))];
}

function shortestEdit(a: readonly string[], b: readonly string[]): Step[] {
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let d = 0; ; d++) {
    trace.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest.get(k - 1)! < furthest.get(k + 1)!);
      let x = down ? furthest.get(k + 1)! : furthest.get(k - 1)! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      furthest.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trace, d);
    }
  }
}

function walkBack(
  a: readonly string[],
  b: readonly string[],
  trace: readonly Map<number, number>[],
  distance: number,
): Step[] {
  const steps: Step[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = distance; d >= 0; d--) {
    const furthest = trace[d]!;
    const k = x - y;
    const down = k === -d || (k !== d && furthest.get(k - 1)! < furthest.get(k + 1)!);
    const fromK = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : furthest.get(fromK)!;
    const fromY = d === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) {
      steps.push({ sign: " ", line: a[--x]! });
      y--;
    }
    if (d > 0 && down) steps.push({ sign: "+", line: b[--y]! });
    else if (d > 0) steps.push({ sign: "-", line: a[--x]! });
  }
  return steps.reverse();
}
