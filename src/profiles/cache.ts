/** Checked profile files kept as JSON: YAML of this size takes a second to parse on a small machine, JSON a few ms. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProfileFile } from "./file.ts";

/** Checked files by a hash of their texts and of the schema that checked them; a change of either is another cache. */
export async function cachePath(directory: string, texts: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  const schema = fileURLToPath(import.meta.url).replace(/cache(\.[jt]s)$/, "schema$1");
  hash.update(await readFile(schema));
  for (const text of texts) hash.update(`${text.length}\n`).update(text);
  return join(directory, `profiles-${hash.digest("hex").slice(0, 32)}.json`);
}

/** The checked files, in order; undefined when there is no cache, or a damaged one. */
export async function readCache(path: string, count: number): Promise<ProfileFile[] | undefined> {
  try {
    const files: unknown = JSON.parse(await readFile(path, "utf8"));
    return Array.isArray(files) && files.length === count ? (files as ProfileFile[]) : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the cache whole or not at all. A directory that cannot be written to is no error: the next run parses again. */
export async function writeCache(path: string, files: readonly ProfileFile[]): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  try {
    await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
    await writeFile(temporary, JSON.stringify(files), { mode: 0o600 });
    await rename(temporary, path);
  } catch {
    // Read-only or full: not worth a word.
  }
}
