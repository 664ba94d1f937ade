import type { ChildProcess } from "node:child_process";
import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { ProjectFiles } from "../../config/project.ts";
import { EngineError } from "../../interface/errors.ts";
import type { Severity } from "../../interface/events.ts";
import { leanArguments, leanEnvironment } from "./lean-node.ts";
import { signalGroup, spawnApart } from "./process-group.ts";

/** The exit code of Pulumi's Node.js host for "the error was told already". */
const ALREADY_TOLD = 32;
/** How long a program may take to end once the engine has stopped answering it. */
const GRACE_MS = 5_000;

export interface ChildRun {
  readonly files: ProjectFiles;
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  readonly parallel: number;
  readonly dryRun: boolean;
  readonly config: Readonly<Record<string, string>>;
  readonly configSecretKeys: readonly string[];
  /** `host:port` of the monitor and the engine service */
  readonly address: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tell: (severity: Severity, message: string) => void;
  readonly aborted: Promise<void>;
}

/**
 * Runs a Node.js Pulumi project in a process of its own, with the project's own copy of `@pulumi/pulumi`: its
 * host script does what the CLI's language plugin would have it do, TypeScript included.
 * @throws EngineError (exit 22) when the project's packages are not installed
 */
export async function runProject(run: ChildRun): Promise<{ failed: boolean }> {
  const { directory, entry } = await entryPoint(run.files);
  const host = hostScript(run.files.directory);
  const child = spawnApart(
    process.execPath,
    [
      ...leanArguments(),
      ...run.files.nodeArguments,
      host,
      `--monitor=${run.address}`,
      `--engine=${run.address}`,
      `--organization=${run.organization}`,
      `--project=${run.project}`,
      `--root-directory=${run.files.directory}`,
      `--stack=${run.stack}`,
      `--pwd=${directory}`,
      `--parallel=${run.parallel}`,
      ...(run.dryRun ? ["--dry-run"] : []),
      entry,
    ],
    { cwd: directory, env: environmentFor(run), stdio: ["ignore", "pipe", "pipe"] },
  );
  relay(child, run.tell);
  const code = await exitOf(child, run.aborted);
  if (code !== 0 && code !== ALREADY_TOLD && code !== undefined) {
    run.tell("error", `an unhandled error occurred: Program exited with non-zero exit code: ${code}`);
  }
  return { failed: code !== 0 };
}

/** The directory to run in and what to run there: `main` may be a directory or a file. */
async function entryPoint(files: ProjectFiles): Promise<{ directory: string; entry: string }> {
  if (!files.main) return { directory: files.directory, entry: "." };
  const info = await stat(files.main).catch(() => undefined);
  if (!info) throw new EngineError("project-main", 22, `the project's main ${files.main} does not exist`);
  if (info.isDirectory()) return { directory: files.main, entry: "." };
  return { directory: dirname(files.main), entry: files.main.slice(dirname(files.main).length + 1) };
}

function hostScript(directory: string): string {
  try {
    return createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/cmd/run/index.js");
  } catch {
    throw new EngineError(
      "project-packages",
      22,
      `the project in ${directory} has no @pulumi/pulumi installed`,
      `install its packages: npm install --prefix ${directory}`,
    );
  }
}

function environmentFor(run: ChildRun): NodeJS.ProcessEnv {
  const { PULUMI_CONFIG_PASSPHRASE: _p, PULUMI_CONFIG_PASSPHRASE_FILE: _f, ...environment } = run.environment;
  return {
    ...leanEnvironment(),
    ...environment,
    PULUMI_CONFIG: JSON.stringify(run.config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(run.configSecretKeys),
    PULUMI_NODEJS_TYPESCRIPT: String(run.files.typescript),
    ...(run.files.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: run.files.tsconfig } : {}),
  };
}

function relay(child: ChildProcess, tell: ChildRun["tell"]): void {
  // A line of nothing but space is not told, as by the CLI.
  const tellLine = (severity: "info" | "info#err") => (line: string) => {
    if (line.trim() !== "") tell(severity, line);
  };
  createInterface({ input: child.stdout! }).on("line", tellLine("info"));
  createInterface({ input: child.stderr! }).on("line", tellLine("info#err"));
}

async function exitOf(child: ChildProcess, aborted: Promise<void>): Promise<number | undefined> {
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const exit = new Promise<number | undefined>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });
  void aborted.then(() => {
    if (!over) timer = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS);
  });
  try {
    return await exit;
  } finally {
    over = true;
    clearTimeout(timer);
  }
}
