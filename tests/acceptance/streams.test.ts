/** Where results go: files, devices, disks that are full. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeFileWhole } from "../../src/cli/write-file.ts";
import { pdc, shell } from "./run-pdc.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pdc-streams-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("W3: progress moves no cursor, whatever is told of", () => {
  const { status, stderr } = pdc(["config", "show", "--file", join(directory, "a\u001b[2Jb")]);
  expect(status).toBe(0);
  expect(stderr).toContain("wrote ");
  expect(stderr).not.toContain("\u001b");
});

describe("--file", () => {
  test("replaces what a symbolic link names, keeps its mode, and leaves nothing beside it", async () => {
    const file = join(directory, "result");
    const link = join(directory, "link");
    writeFileSync(file, "old");
    chmodSync(file, 0o640);
    symlinkSync("result", link);
    await writeFileWhole(link, "new");
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(directory).sort()).toEqual(["link", "result"]);
  });

  test("a secret result is the owner's alone", async () => {
    const file = join(directory, "new", "secret");
    await writeFileWhole(file, "x", { mode: 0o600 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("a device is written to, not replaced", () => {
    const { status, stdout, stderr } = shell("$PDC config show --file /dev/stdout | cat");
    expect(status).toBe(0);
    expect(stdout).toContain("stateDirectory");
    expect(stderr).toContain("wrote /dev/stdout");
    expect(pdc(["config", "show", "--file", "/dev/null"]).status).toBe(0);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test("what cannot be written is told by the name that was given", () => {
    mkdirSync(join(directory, "folder"));
    writeFileSync(join(directory, "file"), "");
    for (const [name, why] of [
      ["folder", "is a directory"],
      ["file/below", "is not a directory"],
      ["x".repeat(300), "the name is too long"],
    ] as const) {
      const path = join(directory, name);
      const { status, stdout, stderr } = pdc(["config", "show", "--file", path]);
      expect({ status, stdout }).toEqual({ status: 22, stdout: "" });
      expect(stderr).toContain(`error: cannot write ${path}: ${why}`);
      expect(stderr).not.toContain(".part");
    }
    expect(readdirSync(directory).sort()).toEqual(["file", "folder"]);
  });
});

test("a full disk under stdout is an error in words, not a trace", () => {
  for (const format of ["plain", "json"]) {
    const { status, stderr } = shell(`$PDC config show --output ${format} > /dev/full`);
    expect(status).toBe(22);
    expect(stderr).toBe("error: the result cannot be written to stdout: no space left on the disk\n");
  }
});

test("a home that may not be read warns of nothing", () => {
  writeFileSync(join(directory, "home"), "");
  const env = { HOME: join(directory, "home"), XDG_CONFIG_HOME: undefined, XDG_DATA_HOME: undefined };
  expect(pdc(["config", "show"], { env })).toMatchObject({ status: 0, stderr: "" });
});

test("settings of the environment are told as the environment's", () => {
  const { stdout } = pdc(["config", "show", "--json"], { env: { PDC_INVENTORY: directory } });
  expect(JSON.parse(stdout).data[0]).toMatchObject({ value: directory, origin: "PDC_INVENTORY" });
});
