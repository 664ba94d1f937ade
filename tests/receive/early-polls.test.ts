/** Many hints, few polls. */
import { describe, expect, test } from "vitest";
import { EarlyPolls } from "../../src/receive/early-polls.ts";
import { RateLimit } from "../../src/receive/rate-limit.ts";

describe("early polls", () => {
  test("hints of one device within a moment are one poll, under the most telling name", () => {
    const polls = new EarlyPolls({ settleMs: 500 });
    for (let at = 0; at < 400; at += 10) polls.add({ device: "a", name: "other" }, at);
    polls.add({ device: "a", name: "linkDown" }, 450);
    expect(polls.take(499, 10)).toEqual([]);
    expect(polls.nextMs()).toBe(500);
    expect(polls.take(500, 10)).toEqual([{ device: "a", hints: 41, name: "linkDown" }]);
    expect(polls.nextMs()).toBeUndefined();
  });

  test("a device that goes on telling is polled at most once per interval", () => {
    const polls = new EarlyPolls({ settleMs: 500, intervalMs: 10_000 });
    const takenAt: number[] = [];
    for (let at = 0; at <= 60_000; at += 100) {
      polls.add({ device: "a", name: "linkDown" }, at);
      if (polls.take(at, 10).length > 0) takenAt.push(at);
    }
    expect(takenAt).toEqual([500, 10_500, 20_500, 30_500, 40_500, 50_500]);
  });

  test("a restart waits until the agent is up again", () => {
    const polls = new EarlyPolls({ settleMs: 500 });
    polls.add({ device: "a", name: "coldStart" }, 0);
    polls.add({ device: "a", name: "linkUp" }, 100);
    expect(polls.take(4999, 10)).toEqual([]);
    expect(polls.take(5000, 10)).toMatchObject([{ name: "coldStart", hints: 2 }]);
  });

  test("a poll in turn answers what was hinted before it began, not what comes after, nor a restart", () => {
    const polls = new EarlyPolls({ settleMs: 500 });
    polls.add({ device: "a", name: "linkDown" }, 100);
    polls.add({ device: "b", name: "linkDown" }, 300);
    polls.add({ device: "c", name: "coldStart" }, 100);
    for (const device of ["a", "b", "c"]) polls.polled(device, 200);
    expect(polls.take(10_000, 10).map(({ device }) => device)).toEqual(["b", "c"]);
  });

  test("a storm: 5,000 devices in one second wait in line, the oldest first", () => {
    const polls = new EarlyPolls({ settleMs: 0 });
    for (let i = 0; i < 5000; i += 1) polls.add({ device: `d${i}`, name: "linkDown" }, i / 5);
    const first = polls.take(1000, 32);
    expect(first.map(({ device }) => device)).toEqual(Array.from({ length: 32 }, (_, i) => `d${i}`));
    let left = 0;
    for (let taken = polls.take(1000, 32); taken.length > 0; taken = polls.take(1000, 32))
      left += taken.length;
    expect(left).toBe(5000 - 32);
  });

  test("devices that are no more are forgotten", () => {
    const polls = new EarlyPolls({ settleMs: 0 });
    polls.add({ device: "gone", name: "linkDown" }, 0);
    polls.add({ device: "here", name: "linkDown" }, 0);
    polls.keepOnly(new Set(["here"]));
    expect(polls.take(1, 10).map(({ device }) => device)).toEqual(["here"]);
  });
});

describe("rate limit", () => {
  test("a burst, then so many a second; one sender takes nothing from another", () => {
    const limit = new RateLimit({ perSecond: 2, burst: 3 });
    const passed = (sender: string, atMs: number, count: number) =>
      Array.from({ length: count }, () => limit.allows(sender, atMs)).filter(Boolean).length;
    expect(passed("a", 0, 10)).toBe(3);
    expect(passed("b", 0, 10)).toBe(3);
    expect(passed("a", 1000, 10)).toBe(2);
    expect(passed("a", 60_000, 10)).toBe(3);
  });

  test("all together are limited too, and the memory of senders is bounded", () => {
    const limit = new RateLimit({ burst: 1, allPerSecond: 10, senders: 4 });
    const passed = Array.from({ length: 1000 }, (_, i) => limit.allows(`s${i}`, 0)).filter(Boolean);
    expect(passed).toHaveLength(20);
  });

  test("a clock that goes back gives nothing for free", () => {
    const limit = new RateLimit({ burst: 1, perSecond: 1 });
    expect(limit.allows("a", 10_000)).toBe(true);
    expect(limit.allows("a", 0)).toBe(false);
    expect(limit.allows("a", 500)).toBe(false);
  });
});
