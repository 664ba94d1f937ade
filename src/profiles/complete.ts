/** Space (memory, storage, RAID): of used, free, size and percent, the missing ones follow from two that are there. */
import type { Expression, Operator } from "./expression.ts";

type Sources = readonly Expression[];
export type SpaceName = "usedOctets" | "freeOctets" | "sizeOctets" | "usedPercent";

const number = (value: number): Expression => ({ kind: "number", value });
const binary = (operator: Operator, left: Expression, right: Expression): Expression => ({
  kind: "binary",
  operator,
  left,
  right,
});

/** Every pairing of two lists of sources, the preferred ones first. */
function pair(
  left: Sources,
  right: Sources,
  join: (left: Expression, right: Expression) => Expression,
): Sources {
  return left.flatMap((one) => right.map((other) => join(one, other)));
}

const percentOf = (used: Expression, size: Expression): Expression =>
  binary("/", binary("*", used, number(100)), size);

/** What can be added to `given`, in the order it is to be shown. */
export function completeSpace(given: Partial<Record<SpaceName, Sources>>): [SpaceName, Sources][] {
  const { usedOctets: used, freeOctets: free, sizeOctets: size, usedPercent: percent } = given;
  const added: [SpaceName, Sources][] = [];
  if (!percent) {
    if (used && size) added.push(["usedPercent", pair(used, size, percentOf)]);
    else if (used && free)
      added.push(["usedPercent", pair(used, free, (u, f) => percentOf(u, binary("+", u, f)))]);
    else if (size && free)
      added.push(["usedPercent", pair(size, free, (s, f) => percentOf(binary("-", s, f), s))]);
  }
  if (!used) {
    if (size && free) added.push(["usedOctets", pair(size, free, (s, f) => binary("-", s, f))]);
    else if (size && percent)
      added.push(["usedOctets", pair(size, percent, (s, p) => binary("/", binary("*", s, p), number(100)))]);
  }
  if (!size && used && free) added.push(["sizeOctets", pair(used, free, (u, f) => binary("+", u, f))]);
  return added;
}
