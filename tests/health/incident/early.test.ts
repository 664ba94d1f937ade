/** Snapshots before their turn: some devices were polled on a hint, the others not asked again. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeviceSample } from "../../../src/samples/types.ts";
import { measurement as m, NOW, part } from "../samples.ts";
import { cutTrunk, MINUTE, samplesOf, tree, well } from "./district.ts";
import { Run, told } from "./run.ts";

const early = (...devices: string[]) => ({ early: new Set(devices) });
/** What a poll on a hint finds of some devices only. */
const only =
  (samples: (atMs: number) => DeviceSample[], ...devices: string[]) =>
  (atMs: number) =>
    samples(atMs).filter(({ device }) => devices.includes(device));

test("a pulled cable is an incident at once, and gone when the port is up again", () => {
  const run = new Run(tree);
  for (const minute of [0, 5, 10]) run.cycle(minute, well);
  const pulled = samplesOf(tree, { down: ["district/ge1"] });
  expect(told(run.cycle(11, only(pulled, "district"), early("district")))).toEqual([
    "opened link/l-c1 outage",
  ]);
  expect(told(run.cycle(12, only(well, "district"), early("district")))).toEqual(["closed link/l-c1 outage"]);
  expect(run.incidents).toMatchObject([{ startMs: NOW + 11 * MINUTE, endMs: NOW + 12 * MINUTE }]);
});

test("what hangs on it comes with the cycle, in the same incident", () => {
  const run = new Run(tree);
  run.cycle(0, well);
  run.cycle(5, well);
  expect(told(run.cycle(6, only(cutTrunk, "core"), early("core")))).toEqual(["opened link/trunk outage"]);
  const events = run.cycle(10, cutTrunk);
  expect(told(events)).toEqual(["changed link/trunk outage"]);
  expect(run.incidents).toMatchObject([{ subject: { id: "trunk" }, impact: "cut-off" }]);
});

test("a device that is silent before its turn becomes a part of what the cycle finds nearer to the center", () => {
  const run = new Run(tree);
  run.cycle(0, well);
  run.cycle(5, well);
  const [opened] = run.cycle(6, only(cutTrunk, "c2", "c2-sw"), early("c2", "c2-sw"));
  run.cycle(10, cutTrunk);
  expect(run.incidents).toHaveLength(1);
  expect(run.incidents[0]).toMatchObject({ subject: { id: "trunk" }, startMs: NOW + 6 * MINUTE });
  expect(opened).toMatchObject({ kind: "opened", incident: { id: run.incidents[0]!.id } });
});

test("one that answers again, ahead of the cycle, makes no outages of the old silence of the others", () => {
  const run = new Run(tree);
  run.cycle(0, well);
  run.cycle(5, cutTrunk);
  // The line is back: a switch far down said so itself, the others were silent when they were asked last.
  expect(told(run.cycle(8, only(well, "c1-sw"), early("c1-sw")))).toEqual(["changed link/trunk outage"]);
  expect(told(run.cycle(10, well))).toEqual(["closed link/trunk outage"]);
  // One that is asked on a hint, and is silent under a way that is open, is an outage at once.
  const silent = samplesOf(tree, { silent: ["c2", "c2-sw"] });
  expect(told(run.cycle(11, only(silent, "c2", "c2-sw"), early("c2", "c2-sw")))).toContain(
    "opened device/c2 outage",
  );
});

test("a limit is told from two cycles, however many snapshots come between them", () => {
  const busy = samplesOf(tree, {
    parts: { core: [part("processor", "cpu", { busyPercent: m.gauge(85, "percent") })] },
  });
  const run = new Run(tree);
  run.cycle(0, well);
  run.cycle(5, busy);
  for (const minute of [6, 7, 8])
    expect(told(run.cycle(minute, only(busy, "core"), early("core")))).toEqual([]);
  expect(told(run.cycle(10, busy))).toEqual(["opened device/core processor-busy"]);
  // Nor does it end by them.
  for (const minute of [11, 12, 13])
    expect(told(run.cycle(minute, only(well, "core"), early("core")))).toEqual([]);
});

test("P3: how long a cycle stands is learnt from cycles: hints in a row leave no gap", () => {
  const run = new Run(tree);
  for (const minute of [0, 5, 10, 15, 20]) run.cycle(minute, well);
  for (const minute of [20.25, 20.5, 20.75, 21, 21.25, 21.5])
    run.cycle(minute, only(well, "core"), early("core"));
  run.cycle(25, well);
  run.cycle(30, well);
  expect(run.events.filter(({ kind }) => kind === "gap")).toEqual([]);
  expect(run.state.clock.intervalsMs).toEqual(Array(5).fill(5 * MINUTE));
});

test("whatever is polled in between, incidents end up as cycles alone would have them", () => {
  const faults = ["down", "silent", "well"] as const;
  const cycle = fc.record({
    trunk: fc.constantFrom(...faults),
    c1: fc.constantFrom(...faults),
    hinted: fc.subarray(["core", "district", "c1", "c2", "c1-sw"]),
  });
  fc.assert(
    fc.property(fc.array(cycle, { minLength: 1, maxLength: 6 }), (cycles) => {
      const [alone, hinted] = [new Run(tree), new Run(tree)];
      for (const run of [alone, hinted]) run.cycle(0, well);
      for (const [at, { trunk, c1, hinted: devices }] of cycles.entries()) {
        const samples =
          trunk === "well"
            ? samplesOf(tree, {
                ...(c1 === "down" && { down: ["district/ge1"] }),
                ...(c1 === "silent" && { silent: ["c1"] }),
              })
            : trunk === "down"
              ? cutTrunk
              : samplesOf(tree, { silent: ["district"] });
        hinted.cycle(at * 5 + 3, only(samples, ...devices), early(...devices));
        for (const run of [alone, hinted]) run.cycle(at * 5 + 5, samples);
      }
      const running = (run: Run) =>
        [...run.state.incidents.values()].map(({ subject, code }) => `${subject.id} ${code}`).sort();
      expect(running(hinted)).toEqual(running(alone));
    }),
    { numRuns: 60 },
  );
});
