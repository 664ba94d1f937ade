/** Writes the JSON Schemas that editors check and complete inventory files with. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inventorySchemas } from "../../inventory/json-schema.ts";

/** Writes those that differ; says which were written. */
export async function writeSchemas(directory: string): Promise<{ path: string; isWritten: boolean }[]> {
  await mkdir(directory, { recursive: true });
  return Promise.all(
    [...inventorySchemas()].map(async ([name, schema]) => {
      const path = join(directory, name);
      const text = `${JSON.stringify(schema, null, 2)}\n`;
      const isSame = (await readFile(path, "utf8").catch(() => undefined)) === text;
      if (!isSame) await writeFile(path, text);
      return { path, isWritten: !isSame };
    }),
  );
}
