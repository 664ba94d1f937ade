/** From the files of an inventory to the checked objects, or to everything that is wrong with them. */
import { checkAddresses } from "./check-addresses.ts";
import { checkAgencies } from "./check-agencies.ts";
import { checkEquipment } from "./check-equipment.ts";
import { checkPlatform } from "./check-platform.ts";
import { checkReferences, checkSecretSources } from "./check-references.ts";
import { checkShape } from "./check-shape.ts";
import { decodeText } from "./decode-text.ts";
import { sortProblems } from "./errors.ts";
import { KINDS, type Kind, LIMITS, SINGULAR } from "./kinds.ts";
import { type Collected, type KindTypes, type Located, placeOf } from "./located.ts";
import type { Inventory, InventoryProblem, Province } from "./model.ts";
import { type ParsedYaml, parseYaml } from "./parse-yaml.ts";
import type { InventoryFile, InventoryFiles } from "./read-directory.ts";

/** Checks everything and stops at nothing: the problems of one file do not hide those of another. */
export function checkInventory(files: InventoryFiles): {
  inventory?: Inventory;
  problems: InventoryProblem[];
} {
  const problems: InventoryProblem[] = [...files.problems];
  const collected: Collected = {
    province: undefined,
    items: Object.fromEntries(KINDS.map((kind) => [kind, new Map()])) as unknown as Collected["items"],
    refusedIds: Object.fromEntries(KINDS.map((kind) => [kind, new Set()])) as Collected["refusedIds"],
  };
  let isWhole = true;
  for (const file of files.files) {
    const parsed = parseFile(file, problems);
    if (parsed === undefined) isWhole = false;
    else if (file.kind === "province") collectProvince(parsed, collected, problems);
    else collectList(file.kind, parsed, collected, problems);
  }
  // What a file that could not be read might hold is not told as missing.
  const dangling =
    isWhole && files.problems.length === 0
      ? [...checkReferences(collected), ...checkPlatform(collected)]
      : [];
  problems.push(
    ...dangling,
    ...checkSecretSources(collected),
    ...checkAddresses(collected, problems.length + dangling.length === 0),
    ...checkAgencies(collected),
    ...checkEquipment(collected),
  );
  if (problems.length > 0 || collected.province === undefined) {
    return { problems: sortProblems(problems).slice(0, LIMITS.problems) };
  }
  const inventory = {
    directory: files.directory,
    contentHash: files.contentHash,
    province: collected.province,
    ...valuesOf(collected),
  };
  return { inventory, problems };
}

function parseFile(file: InventoryFile, problems: InventoryProblem[]): ParsedYaml | undefined {
  const decoded = decodeText(file.octets);
  if ("error" in decoded) {
    const line = file.octets
      .subarray(0, decoded.octet)
      .reduce((lines, octet) => (octet === 10 ? lines + 1 : lines), 1);
    const column = decoded.octet - file.octets.lastIndexOf(10, Math.max(0, decoded.octet - 1));
    problems.push({
      file: file.path,
      line,
      column: Math.max(1, column),
      code: "encoding",
      message: decoded.error,
      hint: decoded.hint,
    });
    return undefined;
  }
  const result = parseYaml(file.path, decoded.text);
  problems.push(...result.problems);
  return result.parsed;
}

function collectProvince(parsed: ParsedYaml, collected: Collected, problems: InventoryProblem[]): void {
  const result = checkShape("province", parsed.value, parsed, []);
  if ("problems" in result) problems.push(...result.problems);
  else collected.province = result.value as Province;
}

function collectList<K extends Kind>(
  kind: K,
  parsed: ParsedYaml,
  collected: Collected,
  problems: InventoryProblem[],
): void {
  // A file of nothing but comments is an empty list.
  if (parsed.value === null) return;
  if (!Array.isArray(parsed.value)) {
    const message = `${kind} must be a list`;
    problems.push({
      file: parsed.file,
      ...parsed.locate([]),
      code: "wrong-type",
      message,
      hint: "begin each with `- id: …`",
    });
    return;
  }
  const known = collected.items[kind] as Map<string, Located<KindTypes[K]>>;
  for (const [index, raw] of parsed.value.entries()) {
    const result = checkShape(kind, raw, parsed, [index]);
    if ("problems" in result) {
      problems.push(...result.problems);
      if (typeof raw?.id === "string") collected.refusedIds[kind].add(raw.id);
      continue;
    }
    const value = result.value as KindTypes[K];
    const other = known.get(value.id);
    if (other === undefined) known.set(value.id, { value, parsed, index });
    else {
      const message = `${SINGULAR[kind]} "${value.id}" stands also at ${placeOf(other, ["id"])}`;
      problems.push({ file: parsed.file, ...parsed.locate([index, "id"]), code: "duplicate-id", message });
    }
  }
}

function valuesOf(collected: Collected): Omit<Inventory, "directory" | "contentHash" | "province"> {
  const plain = <K extends Kind>(kind: K) =>
    new Map(
      [...collected.items[kind]].map(([id, item]) => [id, (item as Located<KindTypes[K]>).value] as const),
    );
  return {
    agencies: plain("agencies"),
    sites: plain("sites"),
    devices: plain("devices"),
    links: plain("links"),
    credentials: plain("credentials"),
    maintenance: plain("maintenance"),
    systems: plain("systems"),
    clusters: plain("clusters"),
    environments: plain("environments"),
    endpoints: plain("endpoints"),
    exchanges: plain("exchanges"),
    registries: plain("registries"),
    images: plain("images"),
    digests: plain("digests"),
  };
}
