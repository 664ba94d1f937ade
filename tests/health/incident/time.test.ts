/** Gaps, clocks and maintenance. */
import { describe, expect, test } from "vitest";
import { NOW } from "../samples.ts";
import { MINUTE, samplesOf, small, tree, well } from "./district.ts";
import { Run, told } from "./run.ts";

describe("time", () => {
  test("P3: a poller that was down is a gap, not an outage; what runs through it says what is unknown", () => {
    const run = new Run(tree);
    for (const minute of [0, 1, 2]) run.cycle(minute, well);
    run.cycle(3, samplesOf(tree, { down: ["district/ge3"] }));
    const events = run.cycle(63, samplesOf(tree, { down: ["district/ge3"] }));
    expect(events).toEqual([
      expect.objectContaining({ kind: "gap", fromMs: NOW + 5 * MINUTE, toMs: NOW + 63 * MINUTE }),
    ]);
    run.cycle(64, well);
    expect(run.incidents).toMatchObject([
      {
        startMs: NOW + 3 * MINUTE,
        endMs: NOW + 64 * MINUTE,
        unknown: [{ fromMs: NOW + 5 * MINUTE, toMs: NOW + 63 * MINUTE }],
      },
    ]);
  });

  test("P3: a clock that goes back changes nothing that was told, and nothing begins before it", () => {
    const run = new Run(tree);
    for (const minute of [0, 1, 2]) run.cycle(minute, well);
    run.cycle(3, samplesOf(tree, { down: ["district/ge3"] }));
    run.cycle(4, well);
    const before = structuredClone(run.incidents);
    const events = run.cycle(-56, samplesOf(tree, { down: ["district/ge4"] }));
    expect(told(events)).toEqual(["clock-step", "opened link/l-c4 outage"]);
    expect(run.incidents.slice(0, 1)).toEqual(before);
    expect(run.incidents[1]).toMatchObject({ startMs: NOW + 4 * MINUTE });
    expect(told(run.cycle(-55, well))).toEqual(["closed link/l-c4 outage"]);
  });

  test("P3: a clock that was a day ahead for a while: the day that then comes is told as it is", () => {
    const run = new Run(tree);
    const day = 24 * 60;
    const cut = samplesOf(tree, { down: ["district/ge3"] });
    for (const minute of [0, 1, 2]) run.cycle(minute, well);
    run.cycle(3, cut);
    // The clock jumps, stays there for two cycles, and is set right.
    expect(told(run.cycle(day + 4, cut))).toEqual(["gap"]);
    run.cycle(day + 5, cut);
    expect(told(run.cycle(6, cut))).toEqual(["clock-step"]);
    run.cycle(7, well);
    expect(run.incidents).toMatchObject([
      {
        startMs: NOW + 3 * MINUTE,
        endMs: NOW + 7 * MINUTE,
        unknown: [{ fromMs: NOW + 5 * MINUTE, toMs: NOW + 6 * MINUTE }],
      },
    ]);
    run.cycle(8, samplesOf(tree, { down: ["district/ge4"] }));
    run.cycle(9, well);
    expect(run.incidents[1]).toMatchObject({ startMs: NOW + 8 * MINUTE, endMs: NOW + 9 * MINUTE });
    // Back by more than it had jumped is another thing: nothing begins before what is told.
    run.cycle(-60, cut);
    expect(run.incidents[2]).toMatchObject({ startMs: NOW + 9 * MINUTE });
  });

  test("what begins twice at one moment, while time stands still, is two incidents with ids of their own", () => {
    const run = new Run(tree);
    run.cycle(0, samplesOf(tree, { silent: ["c2"], missing: ["c2-sw"] }));
    run.cycle(0, samplesOf(tree, { silent: ["c2", "c2-sw"], down: ["district/ge2"] }));
    run.cycle(0, samplesOf(tree, { silent: ["c2-sw"], missing: ["c2"] }));
    const running = [...run.state.incidents.values()].map(({ subject }) => subject.id);
    expect(running).toEqual(["l-c2", "c2"]);
    expect(told(run.cycle(0, well))).toEqual(["closed link/l-c2 outage", "closed device/c2 outage"]);
  });

  test("planned: the part of an outage inside a window, by the province's clock", () => {
    const inventory = small({
      maintenance: [
        {
          id: "works",
          links: ["l-c3"],
          from: "2026-11-17T08:02",
          until: "2026-11-17T08:04",
          repeat: "weekly",
        },
      ],
    });
    const run = new Run(inventory);
    run.cycle(0, samplesOf(inventory));
    for (const minute of [1, 2, 3, 4, 5]) run.cycle(minute, samplesOf(inventory, { down: ["district/ge3"] }));
    run.cycle(6, samplesOf(inventory));
    expect(run.incidents).toMatchObject([
      { planned: [{ fromMs: NOW + 2 * MINUTE, toMs: NOW + 4 * MINUTE }] },
    ]);
  });
});
