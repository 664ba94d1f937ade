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
  const temporary = `${path}.${randomBytes(4).toString("hex")}.part`;
  try {
    await writeFile(temporary, content, { flag: "wx", mode, flush });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
