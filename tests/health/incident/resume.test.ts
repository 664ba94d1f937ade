import { describe, expect, test } from "vitest";
import { advance } from "../../../src/health/incident/engine.ts";
import { annotated } from "../../../src/health/incident/people.ts";
import { resumed } from "../../../src/health/incident/resume.ts";
import { revisedByTimeline } from "../../../src/health/incident/revise.ts";
import { readIncidentState, writeIncidentState } from "../../../src/health/incident/state.ts";
import type { Incident } from "../../../src/health/incident/types.ts";
import type { HealthSnapshot, State, SubjectState } from "../../../src/health/types.ts";
import { province } from "../../topology/province.ts";
import { NOW } from "../samples.ts";

const MINUTE = 60_000;
const inventory = province({
  devices: [
    { id: "core", site: "center" },
    { id: "r", site: "c" },
  ],
  links: [{ id: "l", a: "core/ge0", b: "r/ge0", carrier: "VNPT" }],
});

function snapshot(minute: number, state: State): HealthSnapshot {
  const link: SubjectState = {
    kind: "link",
    id: "l",
    state,
    reasons:
      state === "down"
        ? [
            {
              code: "link-end-down",
              severity: "critical",
              values: { device: "core", interface: "ge0", word: "down" },
            },
          ]
        : [],
  };
  const none = new Map();
  return {
    atMs: NOW + minute * MINUTE,
    devices: none,
    interfaces: none,
    components: none,
    links: new Map([["l", link]]),
    linkMeasures: none,
    sites: none,
    agencies: none,
  };
}
const step = (state: Parameters<typeof advance>[0], minute: number, is: State) =>
  advance(state, snapshot(minute, is), NOW + minute * MINUTE, { inventory });
const opened = step(step(undefined, 0, "up").state, 1, "down");
const [running] = [...opened.state.incidents.values()];

describe("P6: going on after a crash", () => {
  test("recorded but not remembered: it runs on, and does not begin twice", () => {
    const state = resumed(step(undefined, 0, "up").state, [running!], NOW + MINUTE);
    expect(step(state, 2, "down").events).toEqual([]);
    expect(step(state, 2, "up").events).toMatchObject([{ kind: "closed", incident: { id: running!.id } }]);
  });

  test("remembered but not recorded: it begins again, and is recorded", () => {
    const state = resumed(opened.state, [], NOW + MINUTE);
    expect(step(state, 2, "down").events).toMatchObject([
      { kind: "opened", incident: { startMs: NOW + 2 * MINUTE } },
    ]);
    expect(step(state, 2, "up").events).toEqual([]);
  });

  test("nothing remembered at all: what runs by the record runs on", () => {
    const state = resumed(undefined, [running!], NOW + MINUTE);
    expect(step(state, 2, "down").events.filter(({ kind }) => kind === "opened")).toEqual([]);
  });

  test("P7: a state of another version is none; what was written is read back the same", () => {
    expect(readIncidentState({ ...writeIncidentState(opened.state), version: 9 as never })).toBeUndefined();
    expect(readIncidentState(JSON.parse(JSON.stringify(writeIncidentState(opened.state))))).toEqual(
      opened.state,
    );
  });
});

describe("the past is only corrected with a reason", () => {
  const ended: Incident = { ...running!, endMs: NOW + 10 * MINUTE };
  const late = (fromMinute: number, toMinute: number) =>
    revisedByTimeline(
      ended,
      [{ state: "down", fromMs: NOW + fromMinute * MINUTE, toMs: NOW + toMinute * MINUTE }],
      { atMs: NOW + 60 * MINUTE, toleranceMs: MINUTE },
    );

  test("samples that came late: a revision that says what it was", () => {
    expect(late(-5, 10)).toMatchObject({
      startMs: NOW - 5 * MINUTE,
      endMs: NOW + 10 * MINUTE,
      revision: 2,
      revisions: [{ reason: "late-samples", before: { startMs: NOW + MINUTE } }],
    });
    expect(late(1, 10)).toBe(ended);
    expect(late(30, 40)).toBe(ended);
  });

  test("what people say stands beside it; the newest attribution counts, the rule's stays", () => {
    const said = annotated(running!, [
      { kind: "attribution", incident: running!.id, atMs: 2, by: "b", cause: "power" },
      { kind: "attribution", incident: running!.id, atMs: 1, by: "a", cause: "device" },
      { kind: "ack", incident: running!.id, atMs: 3, by: "c" },
      { kind: "ack", incident: "another", atMs: 4, by: "d" },
    ]);
    expect(said).toMatchObject({
      cause: "power",
      attributedBy: "person",
      acknowledged: { by: "c" },
      incident: { cause: { kind: "unknown" } },
    });
    expect(annotated(running!, [])).toMatchObject({ cause: "unknown", attributedBy: "rule" });
  });

  test("what left the inventory ends its incident", () => {
    const gone = { ...snapshot(2, "up"), links: new Map() };
    expect(advance(opened.state, gone, NOW + 2 * MINUTE, { inventory }).events).toMatchObject([
      { kind: "closed" },
    ]);
  });
});
