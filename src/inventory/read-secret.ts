/** Reads a secret from where the inventory says it is: environment, file, command, SOPS. Touches the outside world. */
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { open, readFile, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import type { SecretSource } from "./credential-model.ts";
import { whyUnreadable } from "./errors.ts";

export interface SecretEnvironment {
  /** Relative files are below this directory: the inventory's. */
  directory: string;
  env: Readonly<Record<string, string | undefined>>;
  /** For commands and SOPS (default 10 s). */
  timeoutMs?: number;
}

export type SecretResult = { text: string } | { fault: string; fix?: string };

/** No secret is longer: a private key has about 3 kB. */
const MAX_OCTETS = 64 * 1024;

/** The secret without its last line end, or why it cannot be had. Never rejects, never shows a part of a value. */
export async function readSecret(
  source: SecretSource,
  environment: SecretEnvironment,
): Promise<SecretResult> {
  try {
    if ("env" in source) {
      const text = environment.env[source.env];
      return text === undefined
        ? {
            fault: `the environment has no ${source.env}`,
            fix: `export ${source.env}=… for the user that runs pdc`,
          }
        : { text };
    }
    if ("command" in source) return await run(source.command, environment);
    if ("sops" in source) return await readSops(source, environment);
    return await readSecretFile(source, environment);
  } catch (error) {
    return { fault: `cannot be read: ${whyUnreadable(error)}` };
  }
}

async function readSecretFile(
  source: { file: string; key?: string | undefined },
  environment: SecretEnvironment,
): Promise<SecretResult> {
  const path = placeOf(source.file, environment);
  let text: string;
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (!status.isFile()) return { fault: `${source.file} is not a file` };
    if ((status.mode & 0o077) !== 0) {
      const mode = (status.mode & 0o777).toString(8).padStart(4, "0");
      return { fault: `others may read ${source.file} (mode ${mode})`, fix: `chmod 600 ${source.file}` };
    }
    if (status.size > MAX_OCTETS) return { fault: `${source.file} is too large for a secret` };
    text = await file.readFile("utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (missing) return { fault: `there is no file ${source.file}` };
    return {
      fault: `${source.file} cannot be read: ${whyUnreadable(error)}`,
      fix: "it must belong to the user that runs pdc",
    };
  }
  if (await isTrackedByGit(path)) {
    return {
      fault: `${source.file} is tracked by git`,
      fix: "take it out of the repository and change the secret",
    };
  }
  if (source.key === undefined) return { text: text.replace(/\r?\n$/, "") };
  return valueOfKey(text, source.key, source.file);
}

async function valueOfKey(text: string, key: string, file: string): Promise<SecretResult> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text);
  // Messages of the parser quote the text, which is secret: only the place is told.
  if (document.errors.length > 0)
    return { fault: `${file} is not YAML (line ${document.errors[0]?.linePos?.[0].line ?? 1})` };
  const value = document.getIn(key.split("."));
  if (typeof value === "string" || typeof value === "number") return { text: String(value) };
  return { fault: `${file} has no text under the key "${key}"` };
}

function readSops(
  source: { sops: string; key: string },
  environment: SecretEnvironment,
): Promise<SecretResult> {
  const extract = source.key
    .split(".")
    .map((step) => `[${JSON.stringify(step)}]`)
    .join("");
  return run(
    ["sops", "--decrypt", "--extract", extract, placeOf(source.sops, environment)],
    environment,
    "install the sops command line tool",
  );
}

/** Runs a program without a shell, with little of our environment; its standard output is the secret. */
function run(
  command: readonly string[],
  environment: SecretEnvironment,
  fix?: string,
): Promise<SecretResult> {
  const [program = "", ...args] = command;
  const env = Object.fromEntries(
    Object.entries(environment.env).filter(([name]) =>
      /^(PATH|HOME|USER|LANG|LC_.*|XDG_.*|SOPS_.*|GNUPGHOME|GPG_.*|VAULT_.*)$/.test(name),
    ),
  );
  const options = {
    env,
    cwd: environment.directory,
    timeout: environment.timeoutMs ?? 10_000,
    maxBuffer: MAX_OCTETS,
    encoding: "utf8",
  } as const;
  return new Promise((done) => {
    execFile(program, args, options, (error, stdout) => {
      if (!error) return done({ text: stdout.replace(/\r?\n$/, "") });
      const { code, killed } = error as { code?: unknown; killed?: boolean };
      if (code === "ENOENT") return done({ fault: `there is no program ${program}`, ...(fix && { fix }) });
      done({
        fault: killed ? `${program} did not answer in time` : `${program} failed (${code ?? "stopped"})`,
        fix: "run it by hand to see why",
      });
    });
  });
}

function placeOf(file: string, environment: SecretEnvironment): string {
  if (file === "~" || file.startsWith("~/")) return join(environment.env.HOME ?? homedir(), file.slice(1));
  return resolve(environment.directory, file);
}

/** Does the index of the repository around a file list it? The index holds the paths as plain text. */
async function isTrackedByGit(path: string): Promise<boolean> {
  const real = await realpath(path);
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    const isRepository = await stat(join(folder, ".git")).then(
      (status) => status.isDirectory(),
      () => false,
    );
    if (isRepository) {
      const index = await readFile(join(folder, ".git", "index")).catch(() => Buffer.alloc(0));
      return index.includes(`${relative(folder, real)}\0`);
    }
    if (dirname(folder) === folder) return false;
  }
}
