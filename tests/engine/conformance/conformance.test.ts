// Every scenario recorded with the Pulumi CLI, replayed on the embedded engine. `CONFORMANCE_SCENARIOS` names
// another directory of scenarios, recorded the same way; `CONFORMANCE_ONLY` a part of their names.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EmbeddedDriver } from "./embedded-driver.ts";

const kit = join(import.meta.dirname, "../../fixtures/engine-conformance");
const directory = process.env.CONFORMANCE_SCENARIOS ?? join(kit, "scenarios");
const only = process.env.CONFORMANCE_ONLY ?? "";

type Harness = { runScenario: (directory: string, engine: EmbeddedDriver) => Promise<unknown> };
type Comparison = { compare: (expected: unknown, actual: unknown, options: object) => string[] };

const names = readdirSync(directory)
  .filter((name) => existsSync(join(directory, name, "expected.json")) && name.includes(only))
  .sort();

async function differences(name: string, driver: EmbeddedDriver): Promise<string[]> {
  const { runScenario } = (await import(join(kit, "lib/harness.mjs"))) as Harness;
  const { compare } = (await import(join(kit, "compare.mjs"))) as Comparison;
  try {
    const actual = await runScenario(join(directory, name), driver);
    const expected: unknown = JSON.parse(readFileSync(join(directory, name, "expected.json"), "utf8"));
    return compare(expected, actual, { diagnostics: "exact" });
  } finally {
    await driver.close();
  }
}

describe("the embedded engine does what the Pulumi CLI was recorded doing", () => {
  test.each(names)("%s", { timeout: 600_000 }, async (name) => {
    expect(await differences(name, new EmbeddedDriver())).toEqual([]);
  });
});

// The same, with the program as a project of its own that a child process runs: a few suffice to show that the
// services work over a connection as well.
const asProjects = names.filter((_, index) => [0, 26, 27, 38].includes(index));

describe.skipIf(process.env.CONFORMANCE_SCENARIOS !== undefined)("with the program as a project", () => {
  test.each(asProjects)("%s", { timeout: 600_000 }, async (name) => {
    expect(await differences(name, new EmbeddedDriver({ asProject: true }))).toEqual([]);
  });
});
