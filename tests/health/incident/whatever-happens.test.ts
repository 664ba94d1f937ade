/** What holds for any course of things. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { all, behindTrunk, samplesOf, tree } from "./district.ts";
import { Run } from "./run.ts";

describe("whatever happens", () => {
  const faulty = fc.record({
    silent: fc.subarray(behindTrunk),
    down: fc.subarray(["core/ge0", "district/ge1", "district/ge2", "district/ge3", "district/ge9"]),
    missing: fc.subarray(all),
  });
  const steps = fc.array(fc.tuple(fc.integer({ min: -3, max: 12 }), faulty), { minLength: 1, maxLength: 25 });

  test("one incident of a thing at a time; every begun one runs or has an end; the order of polling changes nothing", () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const [run, mirrored] = [new Run(tree), new Run(tree)];
        let minute = 0;
        for (const [by, faults] of plan) {
          minute += by;
          run.cycle(minute, samplesOf(tree, faults));
          mirrored.cycle(minute, (atMs) => samplesOf(tree, faults)(atMs).toReversed());
          const running = [...run.state.incidents.values()];
          const keys = running.map(({ subject, code }) => `${subject.kind}/${subject.id}/${code}`);
          expect(new Set(keys).size).toBe(keys.length);
        }
        expect(mirrored.events).toEqual(run.events);
        const open = new Set<string>();
        for (const event of run.events) {
          if (event.kind === "opened") {
            expect(open.has(event.incident.id)).toBe(false);
            open.add(event.incident.id);
          }
          if (event.kind === "closed") {
            expect(open.delete(event.incident.id)).toBe(true);
            expect(event.incident.endMs).toBeGreaterThanOrEqual(event.incident.startMs);
          }
          if (event.kind === "merged") open.delete(event.incident.id);
          if (event.kind === "changed") expect(open.has(event.incident.id)).toBe(true);
        }
        expect([...run.state.incidents.keys()].toSorted()).toEqual([...open].toSorted());
      }),
      { numRuns: 40 },
    );
  });
});
