/** Writes the JSON Schemas that editors check and complete inventory files with. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { inventorySchemas } from "../../inventory/json-schema.ts";

/** Writes those that say something else (however they are laid out); says which were written. */
export async function writeSchemas(directory: string): Promise<{ path: string; isWritten: boolean }[]> {
  await mkdir(directory, { recursive: true });
  return Promise.all(
    [...inventorySchemas()].map(async ([name, schema]) => {
      const path = join(directory, name);
      const text = `${JSON.stringify(schema, null, 2)}\n`;
      const isSame = isDeepStrictEqual(await readJson(path), JSON.parse(text));
      if (!isSame) await writeFile(path, text);
      return { path, isWritten: !isSame };
    }),
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}
