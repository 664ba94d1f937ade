/** The tree of agencies over time, and times of maintenance windows. */
import { describe, expect, it } from "vitest";
import { load, problemsOf } from "./temporary.ts";

describe("trees and times", () => {
  it.each([
    [
      "a circle of parents",
      "- { id: x, name: X, kind: unit, parents: [ { agency: y } ] }\n- { id: y, name: Y, kind: unit, parents: [ { agency: x } ] }\n",
      "parent-cycle",
    ],
    [
      "a circle from some day on",
      '- { id: x, name: X, kind: unit, parents: [ { agency: y, from: "2026-01-01" } ] }\n- { id: y, name: Y, kind: unit, parents: [ { agency: x } ] }\n',
      "parent-cycle",
    ],
    [
      "an agency above itself",
      "- { id: x, name: X, kind: unit, parents: [ { agency: x } ] }\n",
      "parent-cycle",
    ],
    [
      "mergers in a circle",
      '- { id: x, name: X, kind: unit, validUntil: "2025-01-01", mergedInto: { agency: y, on: "2025-01-01" } }\n- { id: y, name: Y, kind: unit, validUntil: "2025-01-01", mergedInto: { agency: x, on: "2025-01-01" } }\n',
      "merger-cycle",
    ],
    [
      "two parents at once",
      '- { id: x, name: X, kind: unit, parents: [ { agency: center, until: "2025-07-02" }, { agency: commune, from: "2025-07-01" } ] }\n',
      "overlapping-parents",
    ],
    [
      "a parent that ends before",
      '- { id: x, name: X, kind: district, validUntil: "2025-07-01" }\n- { id: y, name: Y, kind: unit, parents: [ { agency: x } ] }\n',
      "parent-ended",
    ],
    [
      "an end before the beginning",
      '- { id: x, name: X, kind: unit, validFrom: "2025-07-01", validUntil: "2025-06-01" }\n',
      "invalid-period",
    ],
    [
      "a merger on another day than the end",
      '- { id: x, name: X, kind: unit, mergedInto: { agency: center, on: "2025-01-01" } }\n',
      "invalid-period",
    ],
    ["a day that is none", '- { id: x, name: X, kind: unit, validFrom: "2025-02-30" }\n', "invalid-format"],
  ])("refuses %s", async (_what, text, code) => {
    expect((await problemsOf({ "agencies/more.yaml": text })).map((problem) => problem.code)).toContain(code);
  });

  it("takes a circle that never holds on one day", async () => {
    await load({
      "agencies/more.yaml":
        '- { id: x, name: X, kind: unit, parents: [ { agency: y, until: "2025-01-01" } ] }\n- { id: y, name: Y, kind: unit, parents: [ { agency: x, from: "2025-01-01" } ] }\n',
    });
  });

  it.each([
    ['from: "2026-02-30T01:00", until: "2026-03-01T02:00"', "invalid-time"],
    ['from: "2026-02-01 01:00", until: "2026-03-01T02:00"', "invalid-time"],
    ['from: "2026-03-01T02:00", until: "2026-03-01T02:00"', "invalid-period"],
    ['from: "2026-03-01T02:00", until: "2026-03-02T02:01", repeat: daily', "invalid-period"],
    ['from: "2026-03-01T02:00", until: "2026-03-08T02:01", repeat: weekly', "invalid-period"],
  ])("refuses maintenance %s", async (times, code) => {
    const problems = await problemsOf({
      "maintenance/m.yaml": `- { id: m, reason: r, ${times}, devices: [ rt-center ] }\n`,
    });
    expect(problems.map((problem) => problem.code)).toContain(code);
  });
});

it("takes a window that recurs as soon as it ends", async () => {
  const { maintenance } = await load({
    "maintenance/m.yaml":
      '- { id: m, reason: r, from: "2026-03-01T02:00", until: "2026-03-02T02:00", repeat: daily, devices: [ rt-center ] }\n',
  });
  expect(maintenance.size).toBe(1);
});
