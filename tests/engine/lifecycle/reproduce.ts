// Tells of a failing case as a test that can be pasted.
import fc from "fast-check";
import type { Sequence } from "./sequences.ts";

/**
 * Runs a property over many sequences. A failing one is shrunk, and thrown as the text of a test of it.
 * @param name of the exported function that the reproducing test calls
 */
export async function holdsForAll(
  sequences: fc.Arbitrary<Sequence>,
  name: string,
  holds: (sequence: Sequence) => Promise<void>,
  parameters: { readonly cases: number; readonly seed: number },
): Promise<void> {
  const details = await fc.check(fc.asyncProperty(sequences, holds), {
    numRuns: parameters.cases,
    seed: parameters.seed,
  });
  if (!details.failed) return;
  throw new Error(failureText(name, details), { cause: details.errorInstance });
}

/** @returns what failed, with a test that does it again */
export function failureText(name: string, details: fc.RunDetails<[Sequence]>): string {
  const { counterexample, errorInstance, numRuns, numShrinks, seed } = details;
  const reason = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return [
    `case ${numRuns} of seed ${seed} failed (shrunk ${numShrinks} times): ${reason}`,
    "This test reproduces it:",
    "",
    'import { test } from "vitest";',
    `import { ${name} } from "./sequences.ts";`,
    "",
    `test("case ${numRuns} of seed ${seed}", () =>`,
    `  ${name}(${JSON.stringify(counterexample?.[0], null, 2).replaceAll("\n", "\n  ")}));`,
  ].join("\n");
}
