/** What every file of the tree owes: names, sizes, formatting, types, no trace of the machine it was written on. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)));
const ours = files.filter((file) => !file.startsWith("tests/fixtures/") && file !== "package-lock.json");
const isText = (file: string) => /\.(ts|js|mjs|md|ya?ml|json|sh)$|^bin\/|^\.ci\//.test(file);

function run(command: string, ...args: string[]) {
  return spawnSync(join(root, "node_modules/.bin", command), args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
}

describe("house", () => {
  test("biome finds nothing to change", () => {
    const result = run("biome", "check", "--error-on-warnings", ".");
    expect(result.stdout + result.stderr, "run `npm run format`").toMatch(/Checked \d+ files/);
    expect(result.status, result.stdout + result.stderr).toBe(0);
  });

  test("the types are right", () => {
    expect(run("tsc", "--noEmit", "-p", "tsconfig.json").stdout).toBe("");
  }, 120_000);

  test("the top level holds only what it should", () => {
    const allowed =
      /^(package(-lock)?\.json|tsconfig.*\.json|biome\.json|vitest\.config\.ts|bin|src|stacks|inventory|playbooks|tests|README\.md|LICENSE|oclif\.manifest\.json|\..*)$/;
    const top = [...new Set(files.map((file) => file.split("/")[0] as string))];
    expect(top.filter((name) => !allowed.test(name))).toEqual([]);
  });

  test("files are named in kebab-case and none is a drawer", () => {
    const code = files.filter(
      (file) => /^(src|stacks|tests)\/.*\.ts$/.test(file) && !file.startsWith("tests/fixtures/"),
    );
    const bad = code.filter(
      (file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|bench|d))?\.ts$/.test(file.split("/").at(-1) as string),
    );
    expect(bad).toEqual([]);
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/.test(file))).toEqual([]);
  });

  test("no source file is above 400 lines, no command above 80, no room README above 40", () => {
    const lines = (file: string) => readFileSync(join(root, file), "utf8").split("\n").length - 1;
    expect(files.filter((file) => /^(src|stacks)\/.*\.ts$/.test(file) && lines(file) > 400)).toEqual([]);
    expect(files.filter((file) => /^src\/commands\/.*\.ts$/.test(file) && lines(file) > 80)).toEqual([]);
    expect(files.filter((file) => /^src\/[^/]+\/README\.md$/.test(file) && lines(file) > 40)).toEqual([]);
  });

  test("every room has a README", () => {
    const rooms = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const missing = rooms
      .map(({ name }) => name)
      .filter((name) => !existsSync(join(root, "src", name, "README.md")));
    expect(missing).toEqual([]);
  });

  test("no path of a machine, no download address, no unfinished mark", () => {
    const found = ours.filter(isText).flatMap((file) => {
      if (file === "tests/repo/house.test.ts") return [];
      const text = readFileSync(join(root, file), "utf8");
      const hits =
        text.match(
          /(?<![\w.])\/(?:root|work|home\/[a-z]+)\/[\w.-]+|\bTODO\b|\bFIXME\b|\bXXX\b|not implemented/g,
        ) ?? [];
      return hits.map((hit) => `${file}: ${hit}`);
    });
    expect(found).toEqual([]);
    expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toMatch(/"resolved": "http/);
  });

  test("only exported commands are default exports", () => {
    const withDefault = files
      .filter((file) => /^(src|stacks)\/.*\.ts$/.test(file) && !file.startsWith("src/commands/"))
      .filter((file) => /^export default/m.test(readFileSync(join(root, file), "utf8")));
    expect(withDefault).toEqual([]);
  });
});
