import fc from "fast-check";
import { expect, test } from "vitest";
import { summarize } from "../../src/probe/summary.ts";

test("loss, round-trip times and jitter of what came back", () => {
  expect(summarize("icmp", [10, undefined, 14, 12])).toEqual({
    method: "icmp",
    sent: 4,
    received: 3,
    rttMs: { min: 10, mean: 12, max: 14 },
    jitterMs: 3,
  });
});

test("nothing came back: no times, not zero", () => {
  expect(summarize("snmp", [undefined, undefined])).toEqual({ method: "snmp", sent: 2, received: 0 });
});

test("one answer has no jitter", () => {
  expect(summarize("tcp", [5])).toEqual({
    method: "tcp",
    sent: 1,
    received: 1,
    rttMs: { min: 5, mean: 5, max: 5 },
  });
});

test("the mean lies between the ends and jitter within their distance", () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.double({ min: 0, max: 60_000, noNaN: true }), { nil: undefined })),
      (rtts) => {
        const { rttMs, jitterMs, sent, received } = summarize("icmp", rtts);
        expect(received).toBeLessThanOrEqual(sent);
        if (!rttMs) return;
        expect(rttMs.mean).toBeGreaterThanOrEqual(rttMs.min - 0.001);
        expect(rttMs.mean).toBeLessThanOrEqual(rttMs.max + 0.001);
        if (jitterMs !== undefined) expect(jitterMs).toBeLessThanOrEqual(rttMs.max - rttMs.min + 0.002);
      },
    ),
  );
});
