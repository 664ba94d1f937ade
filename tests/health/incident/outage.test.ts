/** An outage from its beginning to its end, alone and with a backup. */
import { describe, expect, test } from "vitest";
import { NOW } from "../samples.ts";
import { behindTrunk, cutTrunk, MINUTE, samplesOf, tree, well } from "./district.ts";
import { Run, told } from "./run.ts";

describe("an outage from its beginning to its end", () => {
  test("a cut trunk is one incident with what hangs on it, not one for each device behind it", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    expect(told(run.cycle(1, cutTrunk))).toEqual(["opened link/trunk outage"]);
    run.cycle(2, cutTrunk);
    const [running] = [...run.state.incidents.values()];
    expect(running).toMatchObject({ severity: "critical", impact: "cut-off", startMs: NOW + MINUTE });
    expect(running?.affected.devices).toEqual(behindTrunk.filter((id) => id !== "core").toSorted());
    expect(running?.affected.agencies).toEqual(["c1", "c2", "c3", "c4", "district"]);
    expect(told(run.cycle(3, well))).toEqual(["closed link/trunk outage"]);
    expect(run.incidents).toMatchObject([{ startMs: NOW + MINUTE, endMs: NOW + 3 * MINUTE }]);
  });

  test("what hangs on it is measured all the same, and its recovery is its own", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    run.cycle(1, cutTrunk);
    const unreachable = run.observations.filter(
      ({ atMs, state }) => atMs === NOW + MINUTE && state === "unreachable",
    );
    expect(unreachable.map(({ subject }) => subject)).toContain("device/c3");
    // The trunk is back, one commune is not: that is an outage of its own now.
    expect(told(run.cycle(2, samplesOf(tree, { silent: ["c3", "c3-sw"] })))).toEqual([
      "closed link/trunk outage",
      "opened device/c3 outage",
    ]);
  });

  test("a nearer cause found later takes the incident over, under the identity that people know", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    // The center was not asked in this cycle: all that is known is that the district does not answer.
    const early = run.cycle(1, samplesOf(tree, { silent: behindTrunk }));
    expect(told(early)).toEqual(["opened device/district outage"]);
    const events = run.cycle(2, cutTrunk);
    expect(told(events)).toEqual(["changed link/trunk outage"]);
    const [incident] = run.incidents;
    expect(incident).toMatchObject({
      id: "incident" in early[0]! ? early[0].incident.id : "",
      subject: { kind: "link", id: "trunk" },
      startMs: NOW + MINUTE,
      revision: 2,
      revisions: [{ reason: "nearer-cause", before: { subject: { kind: "device", id: "district" } } }],
    });
    run.cycle(3, well);
    expect(run.incidents).toHaveLength(1);
    expect(run.incidents[0]).toMatchObject({ endMs: NOW + 3 * MINUTE });
  });

  test("forty silent devices whose cause is found a cycle later become parts of one incident", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    const lost = samplesOf(tree, {
      silent: ["c1", "c1-sw", "c1-ups", "c2", "c2-sw", "c3", "c3-sw", "c4", "c4-sw"],
    });
    expect(told(run.cycle(1, lost)).filter((text) => text.startsWith("opened"))).toHaveLength(4);
    const events = run.cycle(2, cutTrunk);
    expect(told(events).toSorted()).toEqual([
      "changed link/trunk outage",
      "merged device/c2 outage",
      "merged device/c3 outage",
      "merged device/c4 outage",
    ]);
    expect(run.state.incidents.size).toBe(1);
  });

  test("what is not measured neither ends nor begins anything", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    run.cycle(1, samplesOf(tree, { silent: ["c3", "c3-sw"] }));
    const skipped = (atMs: number) =>
      well(atMs).map((one) =>
        one.device === "c3" ? { ...one, outcome: "skipped" as const, components: [] } : one,
      );
    expect(told(run.cycle(2, skipped))).toEqual([]);
    expect(run.state.incidents.size).toBe(1);
    expect(told(run.cycle(3, well))).toEqual(["closed device/c3 outage"]);
  });

  test("a device that answers again but refuses to be measured is no outage any more", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    run.cycle(1, samplesOf(tree, { silent: ["c3", "c3-sw"] }));
    const refusing = (atMs: number) =>
      well(atMs).map((one) =>
        one.device === "c3"
          ? {
              ...one,
              outcome: "unauthenticated" as const,
              components: [],
              error: { code: "x", message: "no" },
            }
          : one,
      );
    expect(told(run.cycle(2, refusing))).toEqual(["closed device/c3 outage"]);
    expect(told(run.cycle(3, refusing))).toEqual(["opened device/c3 unauthenticated"]);
    expect(run.incidents.find(({ code }) => code === "unauthenticated")?.cause.kind).toBe("configuration");
  });
});

describe("primary and backup", () => {
  test("on the backup: a warning; both lost: critical, though the primary's incident is the same", () => {
    const run = new Run(tree);
    run.cycle(0, well);
    run.cycle(1, samplesOf(tree, { down: ["district/ge1"] }));
    expect(run.incidents).toMatchObject([
      { subject: { id: "l-c1" }, severity: "warning", impact: "on-backup" },
    ]);
    const events = run.cycle(
      2,
      samplesOf(tree, { down: ["district/ge1", "district/ge9"], silent: ["c1", "c1-sw", "c1-ups"] }),
    );
    expect(told(events).toSorted()).toEqual(["changed link/l-c1 outage", "opened link/b-c1 outage"]);
    expect(run.incidents.map(({ impact, severity }) => `${impact} ${severity}`)).toEqual([
      "cut-off critical",
      "cut-off critical",
    ]);
  });
});
