/** Files that others read while they are written. */
import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Whoever reads the path sees the file whole or as it was before. `mode` counts for a new file; with `flush` the
 * content is on the disk when it resolves.
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  { mode = 0o644, flush = false }: { mode?: number; flush?: boolean } = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await throughPart(path, (part) => writeFile(part, content, { flag: "wx", mode, flush }));
}

/** The same of a file that `write` makes piece by piece, at the path it is given; nothing is there yet. */
export async function throughPart(path: string, write: (part: string) => Promise<void>): Promise<void> {
  const part = `${path}.${randomBytes(4).toString("hex")}.part`;
  try {
    await write(part);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
