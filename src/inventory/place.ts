/** From an object of the inventory to the line a person can open. Reads the files anew: only findings need it. */
import { decodeText } from "./decode-text.ts";
import type { Kind } from "./kinds.ts";
import { type ParsedYaml, parseYaml, type YamlPath } from "./parse-yaml.ts";
import { readInventoryFiles } from "./read-directory.ts";

/** Where a value of the inventory is, without knowing the file: an object of a kind, and a path in it. */
export interface InventoryPlace {
  kind: Kind;
  id: string;
  path?: YamlPath;
}

/**
 * A function from places to "systems/systems.yaml:12:5". A path that leads to nothing (a key that is missing) gives
 * the nearest value around it; an object that is not there gives its kind's folder.
 */
export async function placeFinder(directory: string): Promise<(place: InventoryPlace) => string> {
  const objects = new Map<string, { parsed: ParsedYaml; index: number }>();
  for (const { kind, path, octets } of (await readInventoryFiles(directory)).files) {
    if (kind === "province") continue;
    const decoded = decodeText(octets);
    const parsed = "error" in decoded ? undefined : parseYaml(path, decoded.text).parsed;
    if (!parsed || !Array.isArray(parsed.value)) continue;
    for (const [index, value] of parsed.value.entries()) {
      const key = `${kind}/${(value as { id?: unknown } | null)?.id}`;
      if (!objects.has(key)) objects.set(key, { parsed, index });
    }
  }
  return ({ kind, id, path = [] }) => {
    const object = objects.get(`${kind}/${id}`);
    if (!object) return kind;
    const { parsed, index } = object;
    const { line, column } = parsed.locate([index, ...path]);
    return `${parsed.file}:${line}:${column}`;
  };
}
