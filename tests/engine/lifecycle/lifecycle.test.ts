// In the manner of Pulumi's own lifecycle fuzz: random programs, one operation after the other over one state,
// providers that fail, things that change outside; after every operation the state has to hold together, and so
// does what a crash at any entry of the journal would have left. LIFECYCLE_CASES sets how many (default 10,000),
// LIFECYCLE_SEED where they begin.
import fc from "fast-check";
import { expect, test } from "vitest";
import { steps } from "./arbitraries.ts";
import { failureText, holdsForAll } from "./reproduce.ts";
import { converges, type Sequence, staysValid } from "./sequences.ts";

const cases = Number(process.env.LIFECYCLE_CASES ?? 10_000);
const seed = Number(process.env.LIFECYCLE_SEED ?? 20_200_115);

test(`no operation turns a valid state into an invalid one (${cases} cases)`, { timeout: 1_800_000 }, () =>
  holdsForAll(steps, "staysValid", staysValid, { cases, seed }),
);

test(
  "what was done without a failure is done: again it is the same, and destroyed nothing is left",
  {
    timeout: 1_800_000,
  },
  () => holdsForAll(steps, "converges", converges, { cases: Math.ceil(cases / 10), seed }),
);

test("a failing case shrinks, and is told as a test that fails in the same way", async () => {
  const refusesReplace = async (sequence: Sequence) => {
    if (sequence.some((step) => step.replace !== undefined)) throw new Error("replaces something");
  };
  const details = await fc.check(fc.asyncProperty(steps, refusesReplace), { numRuns: 1000, seed });
  const text = failureText("staysValid", details);
  expect(text).toContain("replaces something");
  const written = /staysValid\((\[[\s\S]*\])\)\);$/.exec(text)?.[1];
  const sequence = JSON.parse(written!) as Sequence;
  expect(sequence).toHaveLength(1);
  expect(sequence[0]!.program.resources).toEqual([]);
  await expect(refusesReplace(sequence)).rejects.toThrow("replaces something");
  await staysValid(sequence);
});
