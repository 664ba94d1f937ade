/** Spawns the built command line as a user does: `bin/pdc`, its streams, its exit code. */
import { spawn, spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");
export const pdcPath = join(root, "bin/pdc");

/** The environment without settings of whoever runs the tests. */
export const cleanEnvironment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(PDC_|NO_COLOR|FORCE_COLOR|CLICOLOR|VITEST|NODE_ENV|CI$)/.test(name),
  ),
);

export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `pdc` to its end. */
export function pdc(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; input?: string; timeoutMs?: number } = {},
): Ended {
  const { status, stdout, stderr } = spawnSync(pdcPath, args, {
    encoding: "utf8",
    cwd: options.cwd ?? root,
    env: { ...cleanEnvironment, PDC_NO_CONFIG: "1", ...options.env },
    input: options.input ?? "",
    timeout: options.timeoutMs ?? 60_000,
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}

/** Runs a shell line in which `$PDC` is the command. */
export function shell(line: string, env: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", `set -o pipefail; ${line}`], {
    encoding: "utf8",
    cwd: root,
    env: { ...cleanEnvironment, PDC_NO_CONFIG: "1", PDC: pdcPath, ...env },
    timeout: 120_000,
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}

/** Starts `pdc` and leaves it running. */
export function startPdc(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawn(pdcPath, args, { cwd: root, env: { ...cleanEnvironment, PDC_NO_CONFIG: "1", ...env } });
}
