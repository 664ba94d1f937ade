import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadContext } from "../../src/cli/context.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pdc-context-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function province(...path: string[]): string {
  const folder = join(directory, ...path);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "province.yaml"), "id: x\n");
  return folder;
}

describe("inventory directory", () => {
  test("flag wins over environment, environment over pdc.yaml", async () => {
    writeFileSync(join(directory, "pdc.yaml"), "inventory: from-file\n");
    const env = { XDG_CONFIG_HOME: join(directory, "none"), PDC_INVENTORY: "from-env" };
    expect((await loadContext({ inventory: "from-flag" }, directory, env)).inventoryDirectory()).toBe(
      join(directory, "from-flag"),
    );
    expect((await loadContext({}, directory, env)).inventoryDirectory()).toBe(join(directory, "from-env"));
    const file = await loadContext({}, directory, { XDG_CONFIG_HOME: join(directory, "none") });
    expect(file.inventoryDirectory()).toBe(join(directory, "from-file"));
    expect(file.origins.inventory.origin).toBe(join(directory, "pdc.yaml"));
  });

  test("is found upwards: inside an inventory, or the only one below inventory/", async () => {
    const one = province("inventory", "one");
    mkdirSync(join(one, "devices"));
    expect((await loadContext({}, join(one, "devices"), {})).inventoryDirectory()).toBe(one);
    expect((await loadContext({}, directory, {})).inventoryDirectory()).toBe(one);
    province("inventory", "two");
    const several = await loadContext({}, directory, {});
    expect(() => several.inventoryDirectory()).toThrow(/several inventories/);
  });

  test("none is an error that says how to make one", async () => {
    const context = await loadContext({}, directory, {});
    expect(() => context.inventoryDirectory()).toThrow(
      expect.objectContaining({ exitCode: 22, fix: expect.stringContaining("pdc init") }),
    );
  });
});

test.each([
  ["colour: red\n", "unknown-setting"],
  ["- a\n", "bad-configuration"],
  ["language: [vi]\n", "bad-configuration"],
  ["a: &x [1]\nb: *x\n", "bad-configuration"],
])("pdc.yaml %j is refused", async (text, code) => {
  writeFileSync(join(directory, "pdc.yaml"), text);
  await expect(loadContext({}, directory, {})).rejects.toMatchObject({ code, exitCode: 22 });
});
