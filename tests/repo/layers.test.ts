/** The import rules of the house: who may import whom. The one place where they are written as code. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const every = "*";

/** Room → rooms whose values it may import, and rooms of which it may import types only. */
const rules: Readonly<Record<string, { values: readonly string[]; types?: readonly string[] }>> = {
  commands: { values: ["actions", "cli", "ui"], types: [every] },
  actions: { values: [every] },
  // The renderers and encoders of tables serve lists and reports alike, so cli uses report's.
  // A base class of commands may draw.
  cli: { values: ["report", "ui"], types: [every] },
  ui: { values: ["report"], types: [every] },
  inventory: { values: [] },
  snmp: { values: [] },
  ssh: { values: [] },
  samples: { values: [] },
  engine: { values: [] },
  store: { values: [], types: ["samples"] },
  profiles: { values: [], types: ["samples"] },
  topology: { values: ["inventory"] },
  policy: { values: ["inventory"] },
  probe: { values: [], types: ["inventory", "samples", "snmp"] },
  poll: { values: ["inventory", "snmp", "profiles", "samples", "probe"] },
  receive: { values: ["snmp"] },
  health: { values: ["inventory", "topology", "profiles", "samples"] },
  report: { values: ["inventory", "topology", "samples", "health"] },
  notify: { values: [], types: ["health"] },
  network: { values: ["inventory", "topology", "ssh"] },
  // Wire values have one reader; the engine's pure property functions serve providers too.
  providers: { values: ["network", "ssh", "engine"] },
  stacks: { values: ["inventory", "topology", "policy", "providers", "network"] },
  lab: { values: ["inventory", "snmp", "ssh", "network"] },
};
/** Rooms of which nobody but the listed ones may import values; `cli` holds base classes and knows their types. */
const closed: Readonly<Record<string, readonly string[]>> = {
  commands: [],
  actions: ["commands"],
  cli: ["commands"],
  ui: ["commands", "cli"],
  lab: ["actions"],
};

interface Import {
  file: string;
  from: string;
  to: string;
  typeOnly: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
    .map((name) => join(folder, name));
}

function roomOf(path: string): string | undefined {
  const [top, room] = path.split("/");
  return top === "src" ? room : top;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const pattern =
    /^\s*(?:import|export)\s+(type\s)?(?:([^;"']*?)\sfrom\s+)?["'](\.[^"']+)["']|(typeof\s+)?import\(\s*["'](\.[^"']+)["']\s*\)/gm;
  return [...text.matchAll(pattern)].flatMap((match) => {
    const target = relative(root, resolve(root, dirname(file), (match[3] ?? match[5]) as string));
    const from = roomOf(file);
    const to = roomOf(target);
    if (!from || !to || from === to) return [];
    const names = match[2]
      ?.match(/^\{([\s\S]*)\}$/)?.[1]
      ?.split(",")
      .map((name) => name.trim())
      .filter(Boolean);
    const typeOnly =
      Boolean(match[1] ?? match[4]) || (names?.every((name) => name.startsWith("type ")) ?? false);
    return [{ file, from, to, typeOnly }];
  });
}

const imports = [...sources("src"), ...sources("stacks")].flatMap(importsOf);

describe("layers", () => {
  test("the tree has imports to check", () => {
    expect(imports.length).toBeGreaterThan(20);
  });

  test("every room is known to the rules", () => {
    const rooms = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(rooms.map(({ name }) => name).filter((name) => !(name in rules))).toEqual([]);
  });

  test("a room imports only what the house allows", () => {
    const broken = imports.filter(({ from, to, typeOnly }) => {
      const { values, types = [] } = rules[from] ?? { values: [] };
      if (typeOnly && (types.includes(to) || types.includes(every))) return false;
      if (closed[to] && !closed[to].includes(from)) return true;
      return !(values.includes(to) || values.includes(every));
    });
    expect(
      broken.map(({ file, to, typeOnly }) => `${file} imports ${to}${typeOnly ? " (types)" : ""}`),
    ).toEqual([]);
  });
});
