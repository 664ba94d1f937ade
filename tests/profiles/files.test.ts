import { expect, test } from "vitest";
import { loadProfiles } from "../../src/profiles/index.ts";

test("every family and module of the project loads, and every rule of theirs compiles", async () => {
  const set = await loadProfiles();
  expect(() => set.compileAll()).not.toThrow();
  for (const family of set.families) expect(set.profile(family).rules.length).toBeGreaterThan(0);
});
