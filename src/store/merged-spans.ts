/** Spans of one subject from several stores as one series that does not overlap. Pure. */
import type { StateSpan, Subject } from "./history-types.ts";

/** What stands of a subject when several stores say something of the same moment. Two at least. */
export type StateUnion = (
  subject: Subject,
  seen: readonly Pick<StateSpan, "state" | "detail">[],
) => Pick<StateSpan, "state" | "detail">;

/** `lists`: of each store, in time order and without overlap. Neighbours that say the same become one. */
export function mergedSpans(
  subject: Subject,
  lists: readonly (readonly StateSpan[])[],
  union: StateUnion,
): StateSpan[] {
  const moments = new Set<number>();
  for (const spans of lists) for (const { fromMs, toMs } of spans) moments.add(fromMs).add(toMs);
  const sorted = [...moments].sort((a, b) => a - b);
  const places = lists.map(() => 0);
  const merged: StateSpan[] = [];
  for (let at = 0; at + 1 < sorted.length; at += 1) {
    const [fromMs, toMs] = [sorted[at]!, sorted[at + 1]!];
    const seen: StateSpan[] = [];
    for (const [index, spans] of lists.entries()) {
      while ((spans[places[index]!]?.toMs ?? Number.POSITIVE_INFINITY) <= fromMs) places[index]! += 1;
      const span = spans[places[index]!];
      if (span && span.fromMs <= fromMs) seen.push(span);
    }
    if (seen.length === 0) continue;
    const { state, detail } = seen.length === 1 ? seen[0]! : union(subject, seen);
    const last = merged.at(-1);
    if (last && last.toMs === fromMs && last.state === state && last.detail === detail) last.toMs = toMs;
    else merged.push({ subject, fromMs, toMs, state, ...(detail !== undefined && { detail }) });
  }
  return merged;
}
