/**
 * The seed of the property tests. By itself fast-check draws a new one at each run, which finds more over time;
 * `.ci/run` draws it from the tree it checks, so that the verdict on a tree is the same each time, and another for each.
 */
const seed = process.env.PDC_TEST_SEED;
if (seed !== undefined) {
  const { default: fc } = await import("fast-check");
  fc.configureGlobal({ seed: Number(seed) });
}
