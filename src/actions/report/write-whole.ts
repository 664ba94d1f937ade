import { rename, writeFile } from "node:fs/promises";

/** Whoever watches the folder sees a file whole or not at all. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  await writeFile(temporary, content, { mode: 0o640 });
  await rename(temporary, path);
}
