/**
 * Writes `oclif.manifest.json`: what every command is called and takes, so that start-up imports one command, not
 * all. `node src/cli/manifest.ts [ROOT]`; a test fails when the file in the tree is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Plugin } from "@oclif/core";

/** The manifest of the commands below `root`, as JSON text. */
export async function manifestText(root: string): Promise<string> {
  const plugin = new Plugin({ root, type: "core", ignoreManifest: true, errorOnManifestCreate: true });
  await plugin.load();
  return `${JSON.stringify(plugin.manifest, null, 2)}\n`;
}

if (import.meta.main) {
  const root = resolve(process.argv[2] ?? join(import.meta.dirname, "../.."));
  const path = join(root, "oclif.manifest.json");
  const text = await manifestText(root);
  let before = "";
  try {
    before = readFileSync(path, "utf8");
  } catch {
    // The first one.
  }
  if (text !== before) writeFileSync(path, text);
}
