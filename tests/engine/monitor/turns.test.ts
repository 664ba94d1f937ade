import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { Turns } from "../../../src/engine/embedded/monitor/turns.ts";

/** Asks for so many turns; each that has one registers until it is let go. */
function registering(turns: Turns, count: number) {
  const began: number[] = [];
  const letGo: (() => void)[] = [];
  const all = Array.from({ length: count }, async (_, index) => {
    await turns.next();
    began.push(index);
    await turns.during(() => new Promise<void>((resolve) => letGo.push(resolve)));
  });
  return { began, letGo, all };
}

test("so many are under way at a time, and each that ends makes room for the next, in their order", async () => {
  const { began, letGo, all } = registering(new Turns(3), 8);
  await setTimeout(200);
  expect(began).toEqual([0, 1, 2]);
  letGo.shift()!();
  await setTimeout(1);
  expect(began).toEqual([0, 1, 2, 3]);
  while (began.length < 8) {
    letGo.shift()?.();
    await setTimeout(1);
    expect(began.length - 3).toBeLessThanOrEqual(8 - letGo.length);
  }
  expect(began).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  for (const go of letGo) go();
  await Promise.all(all);
});

test("who has a turn and waits for one that has none yet loses its place to it", async () => {
  const turns = new Turns(2);
  const last = Promise.withResolvers<void>();
  const done: number[] = [];
  const all = Array.from({ length: 6 }, async (_, index) => {
    await turns.next();
    if (index < 5) await last.promise;
    await turns.during(async () => void done.push(index));
    if (index === 5) last.resolve();
  });
  await Promise.all(all);
  expect(done[0]).toBe(5);
  expect(done.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
});

test("as many as may be under way need no turn", () => {
  const turns = new Turns(2);
  expect([turns.hasToWait(), turns.hasToWait(), turns.hasToWait()]).toEqual([false, false, true]);
});

test("one that fails makes room as well", async () => {
  const turns = new Turns(1);
  await turns.next();
  await expect(turns.during(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await turns.next();
});

test("when the run is over nobody waits", async () => {
  const turns = new Turns(1);
  const { began, all, letGo } = registering(turns, 3);
  await setTimeout(1);
  expect(began).toEqual([0]);
  turns.end();
  await turns.next();
  await setTimeout(1);
  expect(began).toEqual([0, 1, 2]);
  for (const go of letGo) go();
  await Promise.all(all);
});
