/** The lock file of images: `digests/lock.yaml` of the inventory, whole and in a fixed order. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageDigest } from "../../../inventory/platform-model.ts";
import { writeWhole } from "../../write-whole.ts";

export const LOCK_FILE = "digests/lock.yaml";

/** The text of the lock; the same rows give the same text. */
export function lockText(rows: readonly ImageDigest[]): string {
  const sorted = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const head = [
    "# yaml-language-server: $schema=../../schema/digests.schema.json",
    "# Written by `pdc stack images --resolve`: what each image was when it was looked at.",
  ];
  const items = sorted.map(
    ({ id, reference, digest, from }) =>
      `- id: ${id}\n  reference: ${JSON.stringify(reference)}\n  digest: ${digest}\n  from: ${JSON.stringify(from)}`,
  );
  return `${[...head, ...(items.length > 0 ? items : ["[]"])].join("\n")}\n`;
}

/** Writes it whole; false when it is as it was. */
export async function writeLock(inventoryDirectory: string, rows: readonly ImageDigest[]): Promise<boolean> {
  const path = join(inventoryDirectory, LOCK_FILE);
  const text = lockText(rows);
  if ((await readFile(path, "utf8").catch(() => undefined)) === text) return false;
  await writeWhole(path, text);
  return true;
}
