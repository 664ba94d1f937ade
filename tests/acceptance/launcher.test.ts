/** The launcher of a checkout: it installs once, into modules that are its own. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

/** A checkout without modules, where npm only notes that it was called. */
function checkout() {
  const root = mkdtempSync(join(tmpdir(), "pdc-launcher-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const bin = resolve(import.meta.dirname, "../../bin");
  mkdirSync(join(root, "bin"));
  cpSync(join(bin, "pdc"), join(root, "bin/pdc"));
  writeFileSync(join(root, "bin/run.js"), 'console.log("ran");\n');
  writeFileSync(join(root, "package-lock.json"), "{}");
  mkdirSync(join(root, "path"));
  writeFileSync(join(root, "path/npm"), `#!/bin/sh\necho "$1" >>${root}/npm-calls\nmkdir -p node_modules\n`, {
    mode: 0o755,
  });
  return {
    root,
    isInstalled: () => existsSync(join(root, "npm-calls")),
    run: () =>
      spawnSync(join(root, "bin/pdc"), ["--version"], {
        encoding: "utf8",
        env: { ...process.env, PATH: `${root}/path:${process.env.PATH}` },
      }),
  };
}

test("installs at the first run, and says so; at the second it does not", () => {
  const { root, run, isInstalled } = checkout();
  const first = run();
  expect(first.stderr).toBe("pdc: installing what the checkout needs (once) ...\n");
  expect(first.stdout).toBe("ran\n");
  expect(isInstalled()).toBe(true);
  rmSync(join(root, "npm-calls"));
  expect(run()).toMatchObject({ status: 0, stdout: "ran\n", stderr: "" });
  expect(isInstalled()).toBe(false);
});

test("modules that are a link to another checkout's are left alone", () => {
  const { root, run, isInstalled } = checkout();
  mkdirSync(join(root, "theirs"));
  symlinkSync("theirs", join(root, "node_modules"));
  expect(run()).toMatchObject({ status: 0, stdout: "ran\n", stderr: "" });
  expect(isInstalled()).toBe(false);
});
