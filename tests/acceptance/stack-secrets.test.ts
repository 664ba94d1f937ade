/** X4: a secret given to a stack is nowhere to be found: output, files, arguments of processes. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanEnvironment, pdc, pdcPath, root } from "./run-pdc.ts";

const canary = "canary/7f3e+91b2=";
const passphrase = "canary-passphrase-58";
/** As it is, as base64 (whatever it begins at), as a part of a URL, inside JSON. */
const shapes = [canary, passphrase].flatMap((text) => [
  text,
  ...[0, 1, 2].map((skip) => {
    const whole = Buffer.from(`${"x".repeat(skip)}${text}`).toString("base64");
    return whole.slice(4, -4);
  }),
  encodeURIComponent(text),
]);
const found = (text: string) => shapes.filter((shape) => text.includes(shape));

let project: string;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "pdc-canary-"));
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
  writeFileSync(join(project, "package.json"), '{"name":"canary"}');
  writeFileSync(
    join(project, "Pulumi.yaml"),
    "name: canary\nmain: index.js\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  );
  writeFileSync(
    join(project, "index.js"),
    `const pulumi = require("@pulumi/pulumi");
const provider = {
  async create(inputs) {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    if (inputs.fail) throw new Error("cannot log in with " + inputs.token);
    return { id: "1", outs: inputs };
  },
};
class Thing extends pulumi.dynamic.Resource {
  constructor(name, args) { super(provider, name, args); }
}
const config = new pulumi.Config();
const token = config.requireSecret("token");
const thing = new Thing("thing", { token, fail: config.getBoolean("fail") ?? false });
console.log("the program says " + config.require("token"));
exports.token = token;
exports.nested = { inner: [thing.token] };
`,
  );
  env = {
    ...cleanEnvironment,
    PDC_NO_CONFIG: "1",
    PDC_STATE_DIR: join(project, ".pdc"),
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_BACKEND_URL: join(project, "state"),
  };
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

const run = (args: string[], input = "") =>
  pdc(["stack", ...args, "--cwd", project], { env, input, timeoutMs: 120_000 });

/** Arguments of every process, while one runs. */
function argumentsOfAll(): string {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return "";
      }
    })
    .join("\n");
}

function filesOf(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

async function watched(
  args: string[],
): Promise<{ output: string; processes: string; status: number | null }> {
  const child = spawn(pdcPath, ["stack", ...args, "--cwd", project], { env });
  let [output, processes] = ["", ""];
  child.stdout.on("data", (data: Buffer) => {
    output += data.toString();
  });
  child.stderr.on("data", (data: Buffer) => {
    output += data.toString();
  });
  const timer = setInterval(() => {
    processes += argumentsOfAll();
  }, 100);
  const status = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  clearInterval(timer);
  return { output, processes, status };
}

test("the search finds what it looks for", () => {
  for (const shape of [canary, encodeURIComponent(canary), Buffer.from(`a ${canary} b`).toString("base64")])
    expect(found(`something ${shape} else`)).not.toEqual([]);
});

test("X4: in no output, file or argument, whether it goes well or not", { timeout: 300_000 }, async () => {
  expect(run(["init"]).status).toBe(0);
  expect(run(["config", "set", "canary:token", "--secret"], `${canary}\n`).status).toBe(0);
  const outputs: string[] = [];
  for (const args of [
    ["preview", "--diff"],
    ["up", "--yes", "--skip-preview", "--diff"],
    ["up", "--yes", "--skip-preview", "--json"],
    ["preview", "--save-plan", join(project, "plan.json")],
  ]) {
    const { output, processes, status } = await watched(args);
    expect(status, output).toBe(0);
    expect(found(processes), args.join(" ")).toEqual([]);
    outputs.push(output);
  }
  expect(outputs.join()).toContain("[secret]");
  for (const args of [
    ["output"],
    ["output", "--json"],
    ["export"],
    ["history", "--json"],
    ["config", "get"],
    ["refresh", "--yes"],
  ])
    outputs.push(Object.values(run(args)).join("\n"));
  expect(run(["config", "set", "canary:fail", "true"]).status).toBe(0);
  const failed = run(["up", "--yes", "--skip-preview", "--replace", "**::thing", "--json"]);
  expect(failed.status).not.toBe(0);
  outputs.push(failed.stdout, failed.stderr);
  for (const output of outputs) expect(found(output), output.slice(0, 2000)).toEqual([]);
  expect(found(filesOf(project))).toEqual([]);
  expect(run(["output", "token", "--show-secrets"]).stdout).toContain(canary);
});
