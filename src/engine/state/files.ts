import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Makes a directory that only its owner may enter. */
export async function makePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file so that a reader, also after a crash or a full disk, finds the old content or the new one:
 * a temporary file beside it (0600, not through a symlink), fsync, rename, fsync of the directory.
 * @param beforeRename is asked once more right before the new content becomes visible; may throw
 */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array,
  options: { beforeRename?: () => Promise<void> | void; syncDirectory?: boolean } = {},
): Promise<void> {
  const directory = dirname(file);
  const temporary = join(directory, `.${randomBytes(8).toString("hex")}.tmp`);
  const handle = await open(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
  try {
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
    throw error;
  }
  if (options.syncDirectory !== false) await syncDirectory(directory);
}

/** The content of a file, or undefined when there is none. */
export async function readIfPresent(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
