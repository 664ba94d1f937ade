import { randomBytes } from "node:crypto";
import { constants, mkdirSync, statSync } from "node:fs";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EngineError, messageOf } from "../interface/errors.ts";

/**
 * Makes a directory that only its owner may enter, with those above it. Not by Node's `recursive`: it never returns
 * where a directory that cannot be made is said not to be there, as procfs says it.
 * @throws EngineError naming the one that could not be made
 */
export function makePrivateDirectory(directory: string): void {
  if (isDirectory(directory)) return;
  const above = dirname(directory);
  if (above !== directory) makePrivateDirectory(above);
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Made by somebody else meanwhile it is there as well.
    if (isDirectory(directory)) return;
    throw directoryError(directory, error as NodeJS.ErrnoException);
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What a place where nothing can be written is, by the code that it gives. */
const UNWRITABLE: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted there",
  EROFS: "its file system is read-only",
  ENOTDIR: "a part of the path is not a directory",
  EEXIST: "it is there and is not a directory",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "symbolic links lead in a circle",
};

/** What could not be written, for people; anything that is an error for people already stays as it is. */
export function writeError(file: string, error: unknown): Error {
  if (error instanceof EngineError) return error;
  const { code = "" } = error as NodeJS.ErrnoException;
  const unwritable = UNWRITABLE[code];
  if (unwritable) return placeError(`the state could not be written to ${file}: ${unwritable}`);
  const full = isFull(code);
  return new EngineError(
    "state-write",
    full ? 22 : 1,
    `the state could not be written to ${file}: ${full ? "no space left on the disk" : messageOf(error)}`,
    full
      ? "free some space and run the operation again; everything that was reported as done is recorded"
      : undefined,
  );
}

function directoryError(directory: string, error: NodeJS.ErrnoException): Error {
  const { code = "" } = error;
  if (isFull(code)) return writeError(directory, error);
  return placeError(`the directory ${directory} could not be made: ${UNWRITABLE[code] ?? messageOf(error)}`);
}

const isFull = (code: string) => code === "ENOSPC" || code === "EDQUOT";

const placeError = (message: string) =>
  new EngineError(
    "state-write",
    22,
    message,
    "give a directory that you can write to: --backend DIR or PULUMI_BACKEND_URL",
  );

/** Whether a state could not be written, or may not be any more: nothing of the operation can go on. */
export function isStateFailure(error: unknown): error is EngineError {
  return error instanceof EngineError && (error.code === "state-write" || error.code === "lease-lost");
}

/**
 * Writes a file so that a reader, also after a crash or a full disk, finds the old content or the new one:
 * a temporary file beside it (0600, not through a symlink), fsync, rename, fsync of the directory.
 * @param beforeRename is asked once more right before the new content becomes visible; may throw
 * @throws EngineError naming the file
 */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array,
  options: { beforeRename?: () => Promise<void> | void; syncDirectory?: boolean } = {},
): Promise<void> {
  const directory = dirname(file);
  const temporary = join(directory, `.${randomBytes(8).toString("hex")}.tmp`);
  try {
    const handle = await open(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await options.beforeRename?.();
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw writeError(file, error);
  }
  if (options.syncDirectory !== false) await syncDirectory(directory);
}

/** The content of a file, or undefined when there is none. */
export async function readIfPresent(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
