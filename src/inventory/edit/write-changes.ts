/** Writes changed files of an inventory: each whole or not at all, and none when one was changed meanwhile. */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open, readFile, realpath, rename, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { whyUnreadable } from "../errors.ts";
import type { FileChange } from "./draft.ts";

/** A file that is not as it was when the change was thought out (exit code 25: somebody else is at work). */
export class ConcurrentChangeError extends Error {
  readonly code = "changed-meanwhile";
  readonly exitCode = 25;
  readonly target: string;
  readonly fix = "run the command again: it starts from the file as it is now";
  constructor(path: string) {
    super(`${path} was changed by somebody else meanwhile; nothing was written`);
    this.target = path;
  }
}

/**
 * New contents are written beside the old and synced first; only then are they renamed into place, one after the
 * other. A crash leaves whole files, old or new. Symbolic links are not written through.
 */
export async function writeChanges(directory: string, changes: readonly FileChange[]): Promise<void> {
  const root = await realpath(directory);
  const ready: { temporary: string; path: string }[] = [];
  try {
    for (const change of changes) {
      const path = join(root, change.path);
      await mkdir(dirname(path), { recursive: true });
      const folder = await realpath(dirname(path));
      if (relative(root, folder).startsWith(".."))
        throw new Error(`${change.path} leads out of the inventory`);
      const status = await lstat(path).catch(() => undefined);
      if (status?.isSymbolicLink())
        throw new Error(`${change.path} is a symbolic link: change the file it names`);
      const now = status === undefined ? undefined : await readFile(path);
      if (now === undefined ? change.before !== undefined : !change.before || !now.equals(change.before)) {
        throw new ConcurrentChangeError(change.path);
      }
      const temporary = join(folder, `.${randomBytes(6).toString("hex")}.tmp`);
      ready.push({ temporary, path });
      await using file = await open(
        temporary,
        constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
        status ? status.mode & 0o777 : 0o644,
      );
      await file.writeFile(change.after);
      await file.sync();
    }
    for (const { temporary, path } of ready) await rename(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw Object.assign(new Error(`the inventory cannot be written: ${whyUnreadable(error)}`), {
      code: "not-written",
      exitCode: 22,
      target: directory,
      cause: error,
    });
  } finally {
    for (const { temporary } of ready) await rm(temporary, { force: true });
  }
}
