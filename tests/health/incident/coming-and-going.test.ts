/** What comes and goes: flapping, and values about their limits. */
import { describe, expect, test } from "vitest";
import { measurement as m, NOW, part } from "../samples.ts";
import { cutTrunk, MINUTE, samplesOf, tree, well } from "./district.ts";
import { Run, told } from "./run.ts";

describe("flapping", () => {
  test("P5: what comes and goes is one incident from the n-th change on, and ends when it has been quiet", () => {
    const run = new Run(tree, {
      rules: { flapChanges: 5, flapWindowMs: 30 * MINUTE, flapQuietMs: 10 * MINUTE },
    });
    run.cycle(0, well);
    const down = samplesOf(tree, { down: ["district/ge3"] });
    for (let minute = 1; minute <= 9; minute++) run.cycle(minute, minute % 2 === 1 ? down : well);
    for (let minute = 10; minute <= 25; minute++) run.cycle(minute, well);
    expect(run.incidents).toMatchObject([
      { subject: { id: "l-c3" }, startMs: NOW + MINUTE, endMs: NOW + 10 * MINUTE, flapping: { changes: 10 } },
    ]);
    expect(told(run.events).filter((text) => text.startsWith("opened"))).toHaveLength(3);
    expect(told(run.events).filter((text) => text.startsWith("merged"))).toHaveLength(2);
    expect(told(run.events).at(-1)).toBe("closed link/l-c3 outage");
    expect(run.state.tracks.size).toBe(1);
  });

  test("P5: everything down and up again in one cycle: one incident, one recovery, nothing left behind", () => {
    const run = new Run(tree, { rules: { flapWindowMs: 5 * MINUTE } });
    run.cycle(0, well);
    run.cycle(1, cutTrunk);
    run.cycle(2, well);
    for (let minute = 3; minute < 12; minute++) run.cycle(minute, well);
    expect(told(run.events)).toEqual(["opened link/trunk outage", "closed link/trunk outage"]);
    expect(run.state).toMatchObject({ tracks: new Map(), incidents: new Map(), recent: new Map() });
  });
});

describe("limits", () => {
  const busy = (percent: number) =>
    samplesOf(tree, {
      parts: { core: [part("processor", "cpu", { busyPercent: m.gauge(percent, "percent") })] },
    });

  test("two samples over raise, two samples under by the margin clear; what hovers does neither", () => {
    const run = new Run(tree);
    run.cycle(0, busy(50));
    expect(told(run.cycle(1, busy(85)))).toEqual([]);
    expect(told(run.cycle(2, busy(50)))).toEqual([]);
    run.cycle(3, busy(85));
    expect(told(run.cycle(4, busy(85)))).toEqual(["opened device/core processor-busy"]);
    // 78 is under the limit of 80, but not by the margin.
    for (const minute of [5, 6, 7, 8]) expect(told(run.cycle(minute, busy(78)))).toEqual([]);
    run.cycle(9, busy(70));
    expect(told(run.cycle(10, busy(70)))).toEqual(["closed device/core processor-busy"]);
    expect(run.incidents).toMatchObject([
      { startMs: NOW + 3 * MINUTE, endMs: NOW + 9 * MINUTE, kind: "fault" },
    ]);
  });
});
