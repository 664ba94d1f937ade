/** Scaffolds a center of one's own: settings and an inventory that validates. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { loadInventory } from "../../inventory/load.ts";
import { type CenterNames, centerFiles } from "./files.ts";

export interface InitResult {
  directory: string;
  inventoryDirectory: string;
  files: string[];
}

/**
 * Writes the files of a new center below `directory`, which must not exist or be empty (an error with exit code 22
 * otherwise, nothing written). The inventory is loaded once to show that it is valid.
 */
export async function initCenter(directory: string, names: Partial<CenterNames>): Promise<InitResult> {
  const target = resolve(directory);
  const id = names.id ?? idOf(names.name ?? basename(target));
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(id)) {
    throw refuse(
      "bad-id",
      `"${id}" cannot be an id: lower-case letters, digits and single hyphens`,
      "name one with --id",
    );
  }
  const present = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (present.some((name) => name !== ".git")) {
    throw refuse(
      "not-empty",
      `${target} is not empty (${present.slice(0, 3).join(", ")})`,
      "name a new directory",
    );
  }
  const files = centerFiles({
    id,
    name: names.name ?? basename(target),
    language: names.language ?? "vi",
    timeZone: names.timeZone ?? "Asia/Ho_Chi_Minh",
  });
  for (const [path, content] of files) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await writeFile(join(target, path), content, { flag: "wx" });
  }
  const inventoryDirectory = join(target, "inventory", id);
  await loadInventory(inventoryDirectory);
  return { directory: target, inventoryDirectory, files: [...files.keys()] };
}

/** "Tỉnh Quảng Bình" → "tinh-quang-binh". */
function idOf(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[đĐ]/g, "d")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
}

function refuse(code: string, message: string, fix: string): Error {
  return Object.assign(new Error(message), { code, exitCode: 22, fix });
}
