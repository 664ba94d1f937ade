/** Scaffolds a center of one's own: settings and an inventory that validates. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { loadInventory } from "../../inventory/load.ts";
import { isTimeZone, timeZones } from "../../inventory/local-time.ts";
import { didYouMean } from "../../inventory/near-match.ts";
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
  const name = names.name ?? basename(target);
  if (name.trim() === "" || /[\r\n\t]/.test(name))
    throw usage(
      "bad-name",
      "--name must be one line of text",
      'name the province, as --name "Tỉnh Quảng Trị"',
    );
  const timeZone = names.timeZone ?? "Asia/Ho_Chi_Minh";
  if (!isTimeZone(timeZone)) {
    const fix = didYouMean(timeZone, timeZones()) ?? "write its IANA name, as Asia/Ho_Chi_Minh";
    throw usage("bad-time-zone", `--time-zone ${timeZone}: no time zone`, fix);
  }
  const id = names.id ?? idOf(name);
  if (id === "" && names.id === undefined)
    throw usage(
      "bad-id",
      `no id can be made of "${name}"`,
      "give one with --id: lower-case letters, digits, hyphens",
    );
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(id)) {
    throw usage(
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
    name,
    language: names.language ?? "vi",
    timeZone,
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

function usage(code: string, message: string, fix: string): Error {
  return refuse(code, message, fix, 2);
}

function refuse(code: string, message: string, fix: string, exitCode = 22): Error {
  return Object.assign(new Error(message), { code, exitCode, fix });
}
