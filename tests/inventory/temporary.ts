/** Temporary directories of a test, gone when it ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { InventoryError } from "../../src/inventory/errors.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import type { Inventory, InventoryProblem } from "../../src/inventory/model.ts";
import { smallInventory, writeInventory } from "./synthetic-inventory.ts";

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "pdc-inventory-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The small valid inventory with some files replaced or added, written to a directory of its own. */
export function written(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const directory = temporaryDirectory();
  writeInventory(
    directory,
    new Map<string, string | Uint8Array>([...smallInventory(), ...Object.entries(files)]),
  );
  return directory;
}

export function load(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<Inventory> {
  return loadInventory(written(files), { cacheDirectory: false });
}

/** What is wrong with a directory; it must be refused. */
export async function problemsIn(directory: string): Promise<readonly InventoryProblem[]> {
  try {
    await loadInventory(directory, { cacheDirectory: false });
  } catch (error) {
    if (error instanceof InventoryError) return error.problems;
    throw error;
  }
  throw new Error("the inventory was accepted");
}

export function problemsOf(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<readonly InventoryProblem[]> {
  return problemsIn(written(files));
}

/** "devices/devices.yaml:3:5 unknown-key", short enough to expect. */
export function briefly(problems: readonly InventoryProblem[]): string[] {
  return problems.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);
}
