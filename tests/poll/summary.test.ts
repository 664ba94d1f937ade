import { describe, expect, test } from "vitest";
import type { CycleReport, DeviceTrouble } from "../../src/actions/poll/province-poller.ts";
import { cycleSentence, exitCodeOf, groupTroubles, serviceWords } from "../../src/actions/poll/summary.ts";
import type { PollEvent } from "../../src/actions/poll.ts";

function makeReport(rest: Partial<CycleReport> = {}): CycleReport {
  return {
    beganAtMs: Date.UTC(2026, 10, 24, 7),
    durationMs: 3210,
    devices: 412,
    outcomes: { complete: 412 },
    values: 37_080,
    errors: {},
    isStopped: false,
    kept: 412,
    lost: 0,
    troubles: [],
    ...rest,
  };
}

describe("exit codes", () => {
  test.each([
    ["every device in full", {}, 0],
    ["one partial", { outcomes: { complete: 411, partial: 1 } }, 21],
    ["one silent", { outcomes: { complete: 411, "no-answer": 1 } }, 21],
    ["none reachable", { outcomes: { "no-answer": 411, refused: 1 } }, 23],
    ["all refuse the credentials", { outcomes: { unauthenticated: 412 } }, 24],
    ["no credential to be had", { outcomes: { skipped: 412 }, errors: { "credential-unresolved": 412 } }, 22],
    ["no device at all", { devices: 0, outcomes: {} }, 0],
    ["a full disk", { failure: { code: "disk-full", message: "full", exitCode: 21 }, lost: 412 }, 21],
  ] as const)("%s", (_name, rest, exitCode) => {
    expect(exitCodeOf(makeReport(rest as Partial<CycleReport>))).toBe(exitCode);
  });
});

test("one sentence per cycle", () => {
  expect(cycleSentence(makeReport({ outcomes: { complete: 405, partial: 2, "no-answer": 5 } }))).toBe(
    "412 devices in 3.2 s: 405 complete, 2 partial, 5 no answer; 37,080 values, 412 samples kept",
  );
  expect(
    cycleSentence(makeReport({ devices: 1, outcomes: {}, kept: 0, values: 0, lost: 1, isStopped: true })),
  ).toBe("1 device in 3.2 s: none polled; 0 values, 0 samples kept, 1 lost; stopped");
});

test("equal troubles are one error, with the first devices by name", () => {
  const silent = (device: string): DeviceTrouble => ({
    device,
    outcome: "no-answer",
    code: "timeout",
    message: `${device}: no answer`,
    fix: "check it",
  });
  const troubles = [
    { device: "odd", outcome: "invalid" as const, code: "mismatch", message: "nonsense" },
    ...["a", "b", "c", "d", "e", "f", "g"].map(silent),
  ];
  expect(groupTroubles(troubles)).toEqual([
    {
      code: "timeout",
      message: "7 devices (a, b, c, d, e and 2 more): no answer: a: no answer",
      fix: "check it",
    },
    { code: "mismatch", message: "odd: invalid answers: nonsense" },
  ]);
});

test("a service says missed beginnings and what could not be kept", () => {
  const words = serviceWords(
    {
      kind: "cycle",
      number: 7,
      missed: 2,
      report: makeReport({
        failure: { code: "disk-full", message: "the disk is full", fix: "free some space", exitCode: 21 },
      }),
    },
    "text",
  );
  expect(words.line).toMatch(
    /^2026-11-24T07:00:00\.000Z cycle 7: 412 devices .*; 2 cycles missed before it\n$/,
  );
  expect(words.progress).toBe("error: the disk is full; free some space");
});

test("W3: what a receiver, a server or a disk says stays one line, without control characters", () => {
  const hostile = "no\u001b[2J\u009b1A\u0007\r\nerror: forged\u2028line";
  const error = new Error(hostile);
  const failure = { code: "x", message: hostile, fix: hostile, exitCode: 21 };
  const early = { atMs: 0, polls: [], kept: 0, lost: 1, failure };
  const events: PollEvent[] = [
    { kind: "remote-write", line: hostile },
    { kind: "alerts-failed", error },
    { kind: "upkeep-failed", error },
    { kind: "early-failed", failure },
    { kind: "early", report: early as never },
    { kind: "alert", channel: "mail", subject: hostile },
    { kind: "report-mail", subject: "a", error },
    { kind: "cycle", number: 1, missed: 0, report: makeReport({ failure }) },
  ];
  for (const event of events) {
    const { progress } = serviceWords(event, "text");
    expect(progress, event.kind).toContain("forged");
    expect(progress, event.kind).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/);
  }
});
