import { describe, expect, it } from "vitest";
import { OpenQuestions } from "../../src/snmp/pdc/open-questions.ts";
import type { Question } from "../../src/snmp/pdc/question.ts";

const question = (): Question => ({ ids: [], sentAtMs: [] }) as unknown as Question;

describe("open questions", () => {
  it("finds every attempt of thousands, and nothing that is finished", () => {
    const open = new OpenQuestions();
    const questions = Array.from({ length: 5000 }, question);
    for (const each of questions) open.register(each, 1);
    for (const each of questions) if (Math.random() < 0.3) open.register(each, 2);
    const ids = new Map(questions.map((each) => [each, [...each.ids]]));
    expect(open.all().size).toBe(5000);
    expect(new Set([...ids.values()].flat()).size).toBe([...ids.values()].flat().length);
    // In another order than they came.
    const shuffled = questions.toSorted((a, b) => a.ids[0]! - b.ids[0]!);
    const finished = new Set(shuffled.slice(0, 2500));
    for (const each of finished) open.forget(each);
    for (const [each, own] of ids) {
      for (const id of own) expect(open.find(id)).toBe(finished.has(each) ? undefined : each);
    }
    expect(open.all().size).toBe(2500);
  });

  it("tells a second answer from a stray one", () => {
    const open = new OpenQuestions();
    const each = question();
    const id = open.register(each, 1);
    expect(open.wasFinished(id)).toBe(false);
    open.forget(each);
    expect(open.wasFinished(id)).toBe(true);
    expect(open.wasFinished(0)).toBe(false);
    expect(open.find(0)).toBeUndefined();
  });

  it("gives ids that nobody can guess, always of four octets", () => {
    const open = new OpenQuestions();
    const ids = Array.from({ length: 2000 }, () => open.register(question(), 0));
    expect(ids.every((id) => id >= 0x00800000 && id <= 0x7fffffff)).toBe(true);
    // Neighbours are not near each other, and every bit is used.
    const steps = ids.slice(1).map((id, i) => Math.abs(id - ids[i]!));
    expect(steps.filter((step) => step < 1 << 16).length).toBeLessThan(20);
    for (let bit = 0; bit < 31; bit++) {
      const ones = ids.filter((id) => (id >>> bit) & 1).length;
      expect(ones).toBeGreaterThan(800);
      expect(ones).toBeLessThan(1200);
    }
  });
});
