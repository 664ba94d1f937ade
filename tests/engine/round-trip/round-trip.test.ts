// The Pulumi CLI and the embedded engine take turns on one stack: each opens what the other wrote, sees no change in
// it, and changes it. Runs where `pulumi` is on PATH or in PULUMI_HOME.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findPulumi } from "../../../src/engine/cli/pulumi-command.ts";
import { createPulumiEngine } from "../../../src/engine/cli/pulumi-engine.ts";
import { createEmbeddedEngine } from "../../../src/engine/embedded/embedded-engine.ts";
import type { Engine, RunningOperation, StackTarget } from "../../../src/engine/interface/engine.ts";

const kit = join(import.meta.dirname, "../../fixtures/engine-conformance");
const installed = await findPulumi(process.env).catch(() => undefined);
const passphrase = "round trip";
const secret = "round-trip-canary";

interface Kit {
  Thing: new (
    name: string,
    args: Record<string, unknown>,
    options?: pulumi.CustomResourceOptions,
  ) => pulumi.CustomResource & { computed: pulumi.Output<string> };
}
const { conformance } = (await import(join(kit, "conformance.mjs"))) as {
  conformance: (sdk: unknown) => Kit;
};
const { Thing } = conformance(pulumi);

const program = (size: number) => async () => {
  const base = new Thing("base", { size, note: pulumi.secret(secret) }, { protect: false });
  new Thing("next", { of: base.computed, size: 1 }, { parent: base });
  return { size, note: pulumi.secret(secret) };
};

let directory: string;
let embedded: Engine;
let cli: Engine;
let environment: Record<string, string>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pdc-round-trip-"));
  mkdirSync(join(directory, "state"));
  mkdirSync(join(directory, "settings"));
  writeFileSync(join(directory, "settings/Pulumi.yaml"), "name: proj\nruntime: nodejs\n");
  const home = installed?.root ?? join(directory, "home");
  environment = {
    PATH: [join(kit, "provider"), dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: directory,
    PULUMI_HOME: home,
    ...kitEnvironment(),
  };
  // The Automation API gives the CLI, and that its plugins, the environment of this process.
  for (const [name, value] of Object.entries(kitEnvironment())) vi.stubEnv(name, value);
  const settings = {
    backend: `file://${join(directory, "state")}`,
    passphrase: async () => passphrase,
    pluginDirectories: [join(kit, "provider")],
    environment,
  };
  embedded = createEmbeddedEngine(settings);
  cli = createPulumiEngine(settings);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

const kitEnvironment = () => ({
  CONFORMANCE_LOG: join(directory, "calls.jsonl"),
  CONFORMANCE_WORLD: join(directory, "world.json"),
  CONFORMANCE_NODE_MODULES: join(import.meta.dirname, "../../../node_modules"),
});

const target = (size: number): StackTarget => ({
  stack: "dev",
  project: "proj",
  program: program(size),
  settingsDirectory: join(directory, "settings"),
  workDirectory: directory,
});

async function follow(running: RunningOperation) {
  const warnings: string[] = [];
  for await (const { diagnosticEvent } of running)
    if (diagnosticEvent?.severity === "warning") warnings.push(diagnosticEvent.message);
  const { result, error, changes } = await running.result;
  return { result, error, changes, warnings };
}

async function changesTo(engine: Engine, size: number): Promise<void> {
  expect(await follow(engine.up(target(size)))).toMatchObject({
    result: "succeeded",
    error: undefined,
    changes: { update: expect.any(Number) },
  });
}

async function seesNoChange(engine: Engine, size: number): Promise<string[]> {
  const preview = await follow(engine.preview(target(size), { expectNoChanges: true }));
  expect(preview).toMatchObject({ result: "succeeded", error: undefined, changes: { same: 3 } });
  const { note, size: shown } = await engine.outputs(target(size));
  expect([note, shown]).toEqual([
    { value: secret, secret: true },
    { value: size, secret: false },
  ]);
  return preview.warnings;
}

const pulumiCommand = (...words: string[]) =>
  promisify(execFile)(installed?.root ? join(installed.root, "bin/pulumi") : "pulumi", words, {
    cwd: join(directory, "settings"),
    env: {
      ...environment,
      PULUMI_BACKEND_URL: `file://${join(directory, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
      PULUMI_SKIP_UPDATE_CHECK: "true",
    },
  });

const isInstalled = installed !== undefined;

describe.skipIf(!isInstalled)(
  "turns with the Pulumi CLI (skipped where it is not installed)",
  { timeout: 300_000 },
  () => {
    test("a stack that the embedded engine made", async () => {
      await embedded.init(target(1));
      expect((await follow(embedded.up(target(1)))).result).toBe("succeeded");
      await seesNoChange(cli, 1);
      await changesTo(cli, 2);
      // What the CLI wrote is known as such, and told.
      expect(await seesNoChange(embedded, 2)).toEqual([
        expect.stringMatching(/Pulumi CLI changed this stack/),
      ]);
      await changesTo(embedded, 3);
      await seesNoChange(cli, 3);
      await changesTo(cli, 4);
      expect((await follow(embedded.destroy(target(4)))).result).toBe("succeeded");
    });

    test("a stack that the CLI made; what the embedded engine keeps beside it is no stack to the CLI", async () => {
      await pulumiCommand("stack", "init", "dev", "--secrets-provider", "passphrase");
      expect((await follow(cli.up(target(1)))).result).toBe("succeeded");
      await seesNoChange(embedded, 1);
      await changesTo(embedded, 2);
      await seesNoChange(cli, 2);
      const { stdout } = await pulumiCommand("stack", "ls", "--json");
      expect((JSON.parse(stdout) as { name: string }[]).map(({ name }) => name.split("/").at(-1))).toEqual([
        "dev",
      ]);
      await changesTo(cli, 3);
      await seesNoChange(embedded, 3);
      expect((await follow(cli.destroy(target(3)))).result).toBe("succeeded");
      expect((await follow(embedded.preview(target(3)))).changes).toEqual({ create: 3 });
    });
  },
);

test.runIf(!isInstalled)(
  "turns with the Pulumi CLI: it is not on PATH nor in PULUMI_HOME, so they were not tried",
  async () => {
    await expect(findPulumi(process.env)).rejects.toMatchObject({ code: "pulumi-missing", exitCode: 22 });
  },
);
