import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { badConfiguration, unsupported } from "../interface/errors.ts";
import { ENGINE_VERSION } from "../state/checkpoint.ts";
import { readIfPresent } from "../state/files.ts";
import { satisfies } from "./version-range.ts";

/** What a project declares about one configuration key. */
export interface DeclaredConfig {
  readonly type?: string;
  readonly default?: unknown;
  readonly value?: unknown;
  readonly secret?: boolean;
}

/** What the engine needs to know of a project; of a program that is a function, little more than its name. */
export interface Project {
  readonly name: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, DeclaredConfig>>;
  /** of a project in a directory */
  readonly files?: ProjectFiles;
}

export interface ProjectFiles {
  /** where Pulumi.yaml lies */
  readonly directory: string;
  /** the file or directory to run, absolute */
  readonly main: string | undefined;
  readonly settingsDirectory: string;
  readonly typescript: boolean;
  readonly nodeArguments: readonly string[];
  readonly tsconfig: string | undefined;
  readonly backendUrl: string | undefined;
  readonly alwaysRefresh: boolean;
}

interface ProjectYaml {
  name?: unknown;
  runtime?: string | { name?: string; options?: Record<string, unknown> };
  main?: string;
  config?: Record<string, unknown>;
  stackConfigDir?: string;
  backend?: { url?: string };
  options?: { refresh?: string };
  requiredPulumiVersion?: string;
}

/**
 * Reads a project's Pulumi.yaml.
 * @throws EngineError (exit 22) when there is none or it is malformed, (exit 2) for another runtime than Node.js
 */
export async function readProject(directory: string, stack: string): Promise<Project> {
  const { file, text } = await projectFile(directory);
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault) throw badConfiguration(`${file}:${fault.linePos?.[0].line ?? 1}: ${fault.message}`);
  const yaml = (document.toJS({ maxAliasCount: 100 }) ?? {}) as ProjectYaml;
  if (typeof yaml.name !== "string" || yaml.name === "")
    throw badConfiguration(`${file}: the project has no name`);
  const runtime = typeof yaml.runtime === "string" ? yaml.runtime : (yaml.runtime?.name ?? "");
  if (runtime !== "nodejs") throw unsupported(`the runtime '${runtime}' of ${file}`);
  const options = typeof yaml.runtime === "object" ? (yaml.runtime.options ?? {}) : {};
  if (yaml.requiredPulumiVersion && !satisfies(ENGINE_VERSION, yaml.requiredPulumiVersion)) {
    throw unsupported(
      `a project that requires Pulumi ${yaml.requiredPulumiVersion} (this engine is ${ENGINE_VERSION})`,
    );
  }
  return {
    name: yaml.name,
    stack,
    config: declarations(yaml.config ?? {}),
    files: {
      directory,
      main: yaml.main === undefined ? undefined : resolve(directory, yaml.main),
      settingsDirectory: yaml.stackConfigDir ? resolve(directory, yaml.stackConfigDir) : directory,
      typescript: options.typescript !== false,
      nodeArguments:
        typeof options.nodeargs === "string" ? options.nodeargs.split(/\s+/).filter(Boolean) : [],
      tsconfig: typeof options.tsconfig === "string" ? options.tsconfig : undefined,
      backendUrl: yaml.backend?.url,
      alwaysRefresh: yaml.options?.refresh === "always",
    },
  };
}

async function projectFile(directory: string): Promise<{ file: string; text: string }> {
  if (!(await stat(directory).catch(() => undefined))?.isDirectory())
    throw badConfiguration(`${directory} is not a directory`);
  for (const name of ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"]) {
    const file = join(directory, name);
    const data = await readIfPresent(file);
    if (data) return { file, text: data.toString("utf8").replace(/^\uFEFF/, "") };
  }
  throw badConfiguration(
    `no Pulumi.yaml in ${directory}`,
    "give the directory of a Pulumi project with --cwd",
  );
}

function declarations(config: Record<string, unknown>): Record<string, DeclaredConfig> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const declared = typeof value === "object" && value !== null && !Array.isArray(value);
      return [key, declared ? (value as DeclaredConfig) : { default: value }];
    }),
  );
}
