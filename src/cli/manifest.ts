/**
 * Writes `oclif.manifest.json`: what every command is called and takes, so that start-up imports one command, not
 * all. `node src/cli/manifest.ts [ROOT]`; in a checkout bin/pdc runs it when a command is newer, the build for `dist/`.
 */
import { renameSync, writeFileSync } from "node:fs";
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
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, await manifestText(root));
  renameSync(temporary, path);
}
