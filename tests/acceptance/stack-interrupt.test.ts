/** T10: an update that is interrupted, from a terminal's Ctrl-C to a reader that goes away. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cleanEnvironment, pdc, pdcPath, root } from "./run-pdc.ts";

let project: string;
let log: string;
let env: NodeJS.ProcessEnv;

// Objects of a provider in a process of its own, made slowly enough to be interrupted.
const program = (logFile: string) => `
const pulumi = require("@pulumi/pulumi");
const provider = {
  async create(inputs) {
    const { appendFileSync } = require("node:fs");
    const say = (line) => appendFileSync(inputs.log, line + "\\n");
    say("begins " + inputs.name);
    await new Promise((resolve) => setTimeout(resolve, inputs.ms));
    say("ends " + inputs.name);
    return { id: inputs.name, outs: inputs };
  },
};
class Thing extends pulumi.dynamic.Resource {
  constructor(name, options) {
    super(provider, name, { name, log: ${JSON.stringify(logFile)}, ms: 1500 }, options);
  }
}
let last;
for (const name of ["first", "second", "third"]) last = new Thing(name, last ? { dependsOn: last } : {});
`;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "pdc-interrupt-"));
  log = join(project, "calls.log");
  mkdirSync(join(project, "state"));
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
  writeFileSync(join(project, "package.json"), '{"name":"slow"}');
  writeFileSync(
    join(project, "Pulumi.yaml"),
    "name: slow\nmain: index.js\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  );
  writeFileSync(join(project, "index.js"), program(log));
  writeFileSync(log, "");
  env = {
    ...cleanEnvironment,
    PDC_NO_CONFIG: "1",
    PULUMI_CONFIG_PASSPHRASE: "right",
    PULUMI_BACKEND_URL: join(project, "state"),
  };
  expect(pdc(["stack", "init", "--cwd", project], { env }).status).toBe(0);
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

const calls = () => readFileSync(log, "utf8").split("\n").filter(Boolean);

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 1200 && !what(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(what()).toBe(true);
}

/** In a process group of its own, as a terminal starts it. */
function up(): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
  const child = spawn(pdcPath, ["stack", "up", "--cwd", project, "--yes", "--skip-preview"], {
    env,
    detached: true,
  });
  let output = "";
  child.stdout!.on("data", (data: Buffer) => {
    output += data.toString();
  });
  child.stderr!.on("data", (data: Buffer) => {
    output += data.toString();
  });
  return {
    child,
    output: () => output,
    ended: new Promise((resolve) => child.once("exit", (code) => resolve(code))),
  };
}

const journal = () => join(project, "state/.pulumi/journals/slow/production/journal.jsonl");
const locks = () => readdirSync(join(project, "state/.pulumi/locks/organization/slow/production"));
const resources = () =>
  JSON.parse(pdc(["stack", "export", "--cwd", project], { env }).stdout).deployment.resources.filter(
    ({ type }: { type: string }) => type.startsWith("pulumi-nodejs:"),
  );

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s once, to the whole group: what is under way ends and is recorded",
  {
    timeout: 90_000,
  },
  async (signal) => {
    const { child, output, ended } = up();
    await until(() => calls().includes("begins first"));
    process.kill(-child.pid!, signal);
    expect(await ended).toBe(signal === "SIGINT" ? 130 : 143);
    expect(calls()).toEqual(["begins first", "ends first"]);
    expect(output()).toContain("stopping: what is under way ends and is recorded");
    expect(resources()).toHaveLength(1);
    expect(existsSync(journal())).toBe(false);
    expect(locks()).toEqual([]);
  },
);

test("SIGINT twice stops at once: what was under way stays pending, and nothing is left running", {
  timeout: 90_000,
}, async () => {
  const { child, output, ended } = up();
  await until(() => calls().includes("begins first"));
  process.kill(-child.pid!, "SIGINT");
  await until(() => output().includes("stopping"));
  process.kill(-child.pid!, "SIGINT");
  expect(await ended).toBe(130);
  expect(calls()).not.toContain("ends first");
  const exported = JSON.parse(pdc(["stack", "export", "--cwd", project], { env }).stdout).deployment;
  expect(exported.pending_operations).toMatchObject([{ type: "creating" }]);
  expect(locks()).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(calls()).not.toContain("ends first");
  const again = pdc(["stack", "up", "--cwd", project, "--yes", "--skip-preview"], { env, timeoutMs: 80_000 });
  expect(again.status).toBe(0);
  expect(again.stdout + again.stderr).toMatch(/interrupted while creating/);
  expect(resources()).toHaveLength(3);
});

test("a reader that goes away does not end an update", { timeout: 90_000 }, async () => {
  const { child, ended } = up();
  await until(() => calls().includes("begins first"));
  child.stdout!.destroy();
  child.stderr!.destroy();
  expect(await ended).toBe(0);
  expect(resources()).toHaveLength(3);
  expect(locks()).toEqual([]);
});
