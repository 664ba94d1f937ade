/** Reads the systems' own manifests from `manifests/` of the inventory. Touches the outside world. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Inventory } from "../../src/inventory/model.ts";
import { ManifestError, type OwnManifest } from "./own-manifests.ts";

/** A system's manifests are text that people write; more is a mistake. */
const maxOctets = 1024 * 1024;

/** Manifests of every system that has some: system → objects in the order of file names. */
export async function readOwnManifests(inventory: Inventory): Promise<Map<string, OwnManifest[]>> {
  const found = new Map<string, OwnManifest[]>();
  for (const { id, platform } of inventory.systems.values()) {
    if (platform?.manifests === undefined) continue;
    found.set(id, await readFolder(inventory.directory, `manifests/${platform.manifests}`));
  }
  return found;
}

async function readFolder(directory: string, folder: string): Promise<OwnManifest[]> {
  const { LineCounter } = await import("yaml");
  const { kubernetesDocuments } = await import("../../src/providers/kubernetes/objects/kubernetes-yaml.ts");
  const refuse = (file: string, line: number, message: string) =>
    new ManifestError(file, line, message, "mend the file, or take `manifests` out of the system");
  let names: string[];
  try {
    names = (await readdir(join(directory, folder))).filter((name) => /\.ya?ml$/.test(name)).sort();
  } catch (error) {
    throw refuse(folder, 1, `cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  const manifests: OwnManifest[] = [];
  for (const name of names) {
    const file = `${folder}/${name}`;
    const path = join(directory, file);
    if ((await stat(path)).size > maxOctets) throw refuse(file, 1, "larger than 1 MiB");
    const lineCounter = new LineCounter();
    for (const document of kubernetesDocuments(await readFile(path, "utf8"), lineCounter)) {
      const [fault] = document.errors;
      const line = lineCounter.linePos(fault?.pos[0] ?? document.contents?.range?.[0] ?? 0).line;
      if (fault) throw refuse(file, line, `not YAML: ${fault.message.split("\n")[0]}`);
      const object: unknown = document.toJS({ maxAliasCount: 0 });
      if (object !== null) manifests.push({ file, line, object });
    }
  }
  return manifests;
}
