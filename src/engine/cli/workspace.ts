import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import type { EngineSettings, StackTarget } from "../interface/engine.ts";
import { messageOf } from "../interface/errors.ts";
import { exists } from "../state/files.ts";
import { backendDirectory } from "../state/layout.ts";
import { findPulumi } from "./pulumi-command.ts";

/** A stack as the Automation API has it, and what was made for it. */
export interface OpenWorkspace {
  readonly stack: Stack;
  readonly directory: string;
  /** puts changed settings back and removes what was made */
  close(): Promise<void>;
}

/**
 * Opens a stack for the CLI: a project in its own directory; a function in a directory made for it, with a copy
 * of the stack's settings.
 */
export async function openWorkspace(engine: EngineSettings, target: StackTarget): Promise<OpenWorkspace> {
  const environment = engine.environment ?? process.env;
  const { root } = await findPulumi(environment);
  const { LocalWorkspace, PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  const pulumiCommand = await PulumiCommand.get(root === undefined ? {} : { root });
  const envVars = await variables(engine, environment);
  const options = { pulumiCommand, envVars, secretsProvider: "passphrase" };
  if (typeof target.program === "object") {
    const { directory } = target.program;
    const stack = await LocalWorkspace.selectStack({ stackName: target.stack, workDir: directory }, options);
    return { stack, directory, close: async () => {} };
  }
  const directory = await mkdtemp(join(tmpdir(), "pdc-stack-"));
  try {
    const settings = await borrowSettings(target, directory);
    await writeFile(join(directory, "Pulumi.yaml"), `name: ${target.project}\nruntime: nodejs\n`, {
      mode: 0o600,
    });
    const program = target.program as (() => Promise<Record<string, unknown> | undefined>) | undefined;
    const stack = await LocalWorkspace.selectStack(
      { stackName: target.stack, projectName: target.project, program: program ?? (async () => ({})) },
      { ...options, workDir: directory },
    );
    return {
      stack,
      directory,
      close: async () => {
        await settings.giveBack();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function variables(
  engine: EngineSettings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string>> {
  const path = [...(engine.pluginDirectories ?? []), environment.PATH ?? ""].join(delimiter);
  return {
    PATH: path,
    PULUMI_BACKEND_URL: `file://${resolve(backendDirectory(engine.backend))}`,
    PULUMI_CONFIG_PASSPHRASE: await engine.passphrase(),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

/** The CLI reads the stack's settings from its directory, and may add a salt to them. */
async function borrowSettings(
  target: StackTarget,
  directory: string,
): Promise<{ giveBack(): Promise<void> }> {
  const name = `Pulumi.${target.stack}.yaml`;
  const borrowed = join(directory, name);
  const own = target.settingsDirectory && join(target.settingsDirectory, name);
  if (own && (await exists(own))) await copyFile(own, borrowed);
  const before = await readFile(borrowed, "utf8").catch(() => "");
  return {
    async giveBack() {
      const after = await readFile(borrowed, "utf8").catch(() => before);
      if (!own || after === before) return;
      try {
        await writeFile(own, after, { mode: 0o600 });
      } catch (error) {
        throw new Error(
          `the settings of the stack changed, and could not be put back to ${own}: ${messageOf(error)}`,
        );
      }
    },
  };
}
