/** Where everything in pdc starts: the directory of an inventory becomes the checked Inventory, or all its problems. */
import { homedir } from "node:os";
import { join } from "node:path";
import { readCache, writeCache } from "./cache.ts";
import { InventoryError, whyUnreadable } from "./errors.ts";
import type { Inventory } from "./model.ts";
import { type InventoryFiles, readInventoryFiles } from "./read-directory.ts";

export interface LoadOptions {
  /** Where the validated cache lies (0700); false: neither read nor written. Default `$PDC_CACHE_DIR`, `$XDG_CACHE_HOME/pdc`. */
  cacheDirectory?: string | false;
}

/**
 * Loads and checks an inventory. The parser and the rules are only loaded when the cache does not have this very
 * content, so a warm start costs the reading and hashing of its files.
 * @throws {InventoryError} with every problem found (exit code 22), also when there is no such directory.
 */
export async function loadInventory(directory: string, options: LoadOptions = {}): Promise<Inventory> {
  const files = await readFiles(directory);
  const cacheDirectory = options.cacheDirectory ?? defaultCacheDirectory();
  if (cacheDirectory !== false && files.problems.length === 0) {
    const cached = await readCache(cacheDirectory, files.contentHash, files.directory);
    if (cached) return cached;
  }
  const { checkInventory } = await import("./check.ts");
  const { inventory, problems } = checkInventory(files);
  if (inventory === undefined) throw new InventoryError(directory, problems);
  if (cacheDirectory !== false) await writeCache(cacheDirectory, inventory);
  return inventory;
}

async function readFiles(directory: string): Promise<InventoryFiles> {
  try {
    return await readInventoryFiles(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOENT"
        ? `there is no directory ${directory}`
        : code === "ENOTDIR"
          ? `${directory} is not a directory`
          : `${directory} cannot be read: ${whyUnreadable(error)}`;
    const hint = "name the inventory with --inventory or PDC_INVENTORY, or start one with `pdc init`";
    const problem = { file: ".", line: 1, column: 1, code: "no-directory", message: why, hint };
    throw new InventoryError(directory, [problem]);
  }
}

function defaultCacheDirectory(): string {
  return process.env.PDC_CACHE_DIR || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pdc");
}
