/** Running `fping` and `ping`: no shell, a bare environment, a time limit, a cap on what they may print. */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

const MAX_OUTPUT_OCTETS = 4 * 1024 * 1024;
/** Debian keeps fping and ping in these for everybody, root's or not; added to PATH. */
const usualDirectories = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

/** Absolute path of a command, undefined when it is not installed. */
export function findCommand(name: string, path = process.env.PATH ?? ""): string | undefined {
  return [...path.split(delimiter).filter(isAbsolute), ...usualDirectories]
    .map((directory) => join(directory, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** What it printed on stdout and stderr. A time limit, an abort or a missing command ends in what there is. */
export function runCommand(
  file: string,
  argv: readonly string[],
  options: { input?: string; timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<{ output: string; exitCode: number | undefined }> {
  return new Promise((resolve) => {
    const child = spawn(file, argv, {
      // Its messages are parsed: no translations.
      env: { LC_ALL: "C" },
      stdio: ["pipe", "pipe", "pipe"],
      timeout: options.timeoutMs,
      killSignal: "SIGKILL",
      ...(options.signal && { signal: options.signal }),
    });
    const chunks: Buffer[] = [];
    let octets = 0;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        octets += chunk.length;
        if (octets <= MAX_OUTPUT_OCTETS) chunks.push(chunk);
      });
    }
    const finish = (exitCode: number | null) =>
      resolve({ output: Buffer.concat(chunks).toString("utf8"), exitCode: exitCode ?? undefined });
    child.on("error", () => finish(null));
    child.on("close", finish);
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}
