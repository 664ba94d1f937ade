import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadContext } from "../../src/cli/context.ts";
import { remoteWriteOf } from "../../src/cli/remote-write-flags.ts";

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

describe("remoteWrite of pdc.yaml", () => {
  const read = (text: string, environment: Record<string, string> = {}) => {
    writeFileSync(join(directory, "pdc.yaml"), text);
    return loadContext({}, directory, { XDG_CONFIG_HOME: join(directory, "none"), ...environment });
  };
  const receiver =
    "remoteWrite:\n  - url: https://metrics.example.vn/api/v1/write\n    credential: metrics\n";

  test("names receivers and their credentials; shown with where they come from", async () => {
    const context = await read(receiver);
    expect(context.remoteWrite).toEqual([
      { url: "https://metrics.example.vn/api/v1/write", credential: "metrics" },
    ]);
    expect(context.origins.remoteWrite).toEqual({
      value: "https://metrics.example.vn/api/v1/write (credential metrics)",
      origin: join(directory, "pdc.yaml"),
    });
    expect((await read("language: vi\n")).remoteWrite).toEqual([]);
  });

  test("flag or environment over the file; a credential named there is for the file's receivers too", async () => {
    const { remoteWrite } = await read(receiver);
    expect(remoteWriteOf({}, remoteWrite).remoteWrite).toEqual(remoteWrite);
    expect(remoteWriteOf({ "remote-write": ["http://other/write"] }, remoteWrite).remoteWrite).toEqual([
      { url: "http://other/write" },
    ]);
    expect(remoteWriteOf({ "remote-write-credential": "other" }, remoteWrite).remoteWrite).toEqual([
      { url: "https://metrics.example.vn/api/v1/write", credential: "other" },
    ]);
    expect(() => remoteWriteOf({ "remote-write-credential": "other" }, [])).toThrow(
      expect.objectContaining({ exitCode: 2 }),
    );
  });

  test.each([
    ["remotewrite: []\n", "unknown-setting", /did you mean "remoteWrite"/],
    ["remoteWrite: https://a.example/write\n", "bad-configuration", /- url: https/],
    ["remoteWrite:\n  - uri: https://a.example/write\n", "unknown-setting", /did you mean "url"/],
    ["remoteWrite:\n  - url: file:///etc/passwd\n", "bad-configuration", /https/],
    ["remoteWrite:\n  - credential: a\n", "bad-configuration", /https/],
    ["remoteWrite:\n  - url: https://a.example/write\n    credential: [a]\n", "bad-configuration", /^$/],
    ["remoteWrite:\n  - url: https://a:hunter2@b.example/write\n", "secret-in-configuration", /credential/],
    [`${receiver}  - url: https://metrics.example.vn:443/api/v1/write\n`, "bad-configuration", /^$/],
  ])("%j is refused", async (text, code, fix) => {
    const error = await read(text).catch((one) => one);
    expect(error).toMatchObject({ code, exitCode: 22 });
    expect(error.fix ?? "").toMatch(fix);
    expect(`${error.message} ${error.fix}`).not.toContain("hunter2");
  });
});
