/** Incidents of several pollers as one list: what overlaps is one, and nothing is lost or made longer. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AnnotatedIncident } from "../../../src/health/incident/people.ts";
import { annotated } from "../../../src/health/incident/people.ts";
import { unitedIncidents } from "../../../src/health/incident/union.ts";
import { incident } from "../../report/period-facts.ts";
import { MINUTE, tree } from "./district.ts";

const HOUR = 60 * MINUTE;
const running = Number.POSITIVE_INFINITY;
const outage = (kind: "link" | "device", id: string, from: number, to: number | undefined) =>
  incident({ kind, id }, from * HOUR, to === undefined ? undefined : to * HOUR);
const spanOf = ({ incident: one }: AnnotatedIncident) => [one.startMs, one.endMs ?? running] as const;

/** Outages of one link in one store: in order, apart from each other; the last may run. */
const ofStore = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 8 }), fc.boolean())
  .map(([steps, isRunning]) => {
    const list: AnnotatedIncident[] = [];
    let at = 0;
    for (let step = 0; step + 1 < steps.length; step += 2) {
      const from = at + steps[step]!;
      at = from + steps[step + 1]!;
      const isLast = step + 3 >= steps.length;
      list.push(outage("link", "trunk", from, isLast && isRunning ? undefined : at));
    }
    return list;
  });

const united = (...of: Parameters<typeof unitedIncidents>) => unitedIncidents(...of).map(({ one }) => one);

test("each time that one saw is in exactly one of the whole, and the whole is no longer than that", () => {
  fc.assert(
    fc.property(fc.array(ofStore, { minLength: 1, maxLength: 3 }), (lists) => {
      const whole = united(lists, tree);
      const spans = whole.map(spanOf);
      for (const [at, [fromMs]] of spans.entries())
        if (at > 0) expect(fromMs).toBeGreaterThanOrEqual(spans[at - 1]![1]);
      const covers = (list: readonly (readonly [number, number])[], atMs: number) =>
        list.filter(([fromMs, toMs]) => fromMs <= atMs && atMs < toMs).length;
      for (let hour = 0; hour < 80; hour += 1) {
        const atMs = hour * HOUR + MINUTE;
        const seen = covers(lists.flat().map(spanOf), atMs) > 0 ? 1 : 0;
        expect(covers(spans, atMs)).toBe(seen);
      }
      // Whatever order the stores are named in.
      expect(united(lists.toReversed(), tree).map(spanOf)).toEqual(spans);
    }),
  );
});

test("one store alone is as it is", () => {
  const list = [
    outage("link", "trunk", 1, 2),
    outage("device", "district", 2, 3),
    outage("link", "l-c1", 5, undefined),
  ];
  expect(united([list], tree)).toEqual(list);
});

test("a silence whose every line the other poller saw go is theirs; with one line left it stands by itself", () => {
  const silent = outage("device", "c2", 10.1, 12);
  const [line, both] = [outage("link", "l-c2", 10, 12), outage("link", "l-c1", 10, 12)];
  expect(united([[line], [silent]], tree).map(({ incident: one }) => one.subject.id)).toEqual(["l-c2"]);
  // c1 has a backup, which works.
  const beside = united([[both], [outage("device", "c1", 10.1, 12)]], tree);
  expect(beside.map(({ incident: one }) => one.subject.id)).toEqual(["l-c1", "c1"]);
  // The same poller saw both, and did not take the one for the other's.
  expect(united([[line, silent], []], tree)).toHaveLength(2);
  // Long after the line went: another thing.
  expect(united([[outage("link", "l-c2", 1, 2)], [silent]], tree)).toHaveLength(2);
});

test("what people said of either is kept, the newest attribution counts", () => {
  const [one, other] = [outage("link", "trunk", 1, 3), outage("link", "trunk", 2, 4)];
  const said = annotated(other.incident, [
    { kind: "ack", incident: other.incident.id, atMs: 5, by: "Lan" },
    { kind: "attribution", incident: other.incident.id, atMs: 6, by: "Minh", cause: "carrier" },
  ]);
  const [whole, ...rest] = united([[one], [said]], tree);
  expect(rest).toEqual([]);
  expect(whole).toMatchObject({
    incident: { id: one.incident.id, startMs: HOUR, endMs: 4 * HOUR },
    cause: "carrier",
    attributedBy: "person",
    acknowledged: { by: "Lan" },
  });
});
