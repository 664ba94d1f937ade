/** The example's platform, without its network, with some of its lines changed; in a directory of the test's own. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import { checkStack, type PlacedFinding } from "../../src/actions/stack/check.ts";

const example = resolve(import.meta.dirname, "../../inventory/quang-binh");
const network = ["devices", "links", "maintenance"];

/** File → what to replace in it by what; a function makes the whole text. */
export type Changes = Readonly<
  Record<string, readonly (readonly [string, string])[] | ((text: string) => string)>
>;

export function changedExample(changes: Changes = {}): string {
  const directory = mkdtempSync(join(tmpdir(), "pdc-platform-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  cpSync(example, directory, { recursive: true, filter: (path) => !network.includes(basename(path)) });
  for (const [file, change] of Object.entries(changes)) {
    let text = readFileSync(join(directory, file), "utf8");
    if (typeof change === "function") text = change(text);
    else
      for (const [from, to] of change) {
        if (!text.includes(from)) throw new Error(`${file} has no "${from}"`);
        text = text.replace(from, to);
      }
    writeFileSync(join(directory, file), text);
  }
  return directory;
}

export async function findingsOf(
  changes: Changes = {},
  environment = "production",
): Promise<PlacedFinding[]> {
  const { data } = await checkStack({
    name: "platform",
    environment,
    inventoryDirectory: changedExample(changes),
  });
  return data.findings;
}

/** "mandatory quota/below-use systems/mot-cua.yaml:9", without the column. */
export function briefly(findings: readonly PlacedFinding[]): string[] {
  return findings.map(
    ({ severity, rule, place }) => `${severity} ${rule} ${place.split(":").slice(0, 2).join(":")}`,
  );
}
