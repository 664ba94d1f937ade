/** `--file`: a destination written whole or not at all. */
import { randomBytes } from "node:crypto";
import { mkdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { exitCodes } from "./exit-codes.ts";
import { systemErrorWords } from "./system-errors.ts";

/**
 * Whoever reads `path` sees the file whole or as it was before. A file that is there keeps its mode, a symbolic link
 * stays and what it names is replaced; a device or a pipe (`/dev/null`) is written to, never replaced.
 * @param mode of a new file
 * @throws an error of exit code 22 that names `path`
 */
export async function writeFileWhole(
  path: string,
  content: string | Uint8Array,
  { mode = 0o666 }: { mode?: number } = {},
): Promise<void> {
  let temporary: string | undefined;
  try {
    const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return undefined;
    });
    if (status && !status.isFile()) return await writeFile(path, content);
    const target = status ? await realpath(path) : resolve(path);
    await mkdir(dirname(target), { recursive: true });
    temporary = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString("hex")}.part`);
    await writeFile(temporary, content, { flag: "wx", mode: status ? status.mode & 0o777 : mode });
    await rename(temporary, target);
    temporary = undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw Object.assign(new Error(`cannot write ${path}: ${systemErrorWords[code ?? ""] ?? message}`), {
      code: code?.toLowerCase() ?? "not-written",
      exitCode: exitCodes.badInput,
      fix: "name another file, in a directory that may be written to",
      target: path,
      cause: error,
    });
  } finally {
    if (temporary) await rm(temporary, { force: true });
  }
}
