/** When what early polls found is judged. */
import { expect, onTestFinished, test, vi } from "vitest";
import { EarlyJudgement } from "../../src/actions/poll/early-judgement.ts";

function judged(workMs: number) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let nowMs = 0;
  const atMs: number[] = [];
  const judgement = new EarlyJudgement(
    () => {
      atMs.push(nowMs);
      nowMs += workMs;
    },
    () => nowMs,
  );
  const pass = (ms: number) => {
    nowMs += ms;
    vi.advanceTimersByTime(ms);
  };
  return { judgement, atMs, pass };
}

test("at once, then at most every five seconds, and the last poll of a storm is judged too", () => {
  const { judgement, atMs, pass } = judged(0);
  for (let second = 0; second < 12; second += 1) {
    judgement.polled();
    pass(1000);
  }
  pass(60_000);
  expect(atMs).toHaveLength(4);
  for (const [at, ms] of atMs.entries()) if (at > 0) expect(ms - atMs[at - 1]!).toBeGreaterThanOrEqual(5000);
});

test("work that takes long is done seldom: never more than a twentieth of the time", () => {
  const { judgement, atMs, pass } = judged(2000);
  for (let second = 0; second < 300; second += 1) {
    judgement.polled();
    pass(1000);
  }
  expect(atMs.length).toBeGreaterThan(3);
  expect(atMs.length * 2000).toBeLessThan(330_000 / 20 + 2000);
});

test("closed it judges no more", () => {
  const { judgement, atMs, pass } = judged(0);
  judgement.polled();
  judgement.close();
  judgement.polled();
  pass(60_000);
  expect(atMs).toEqual([]);
});
