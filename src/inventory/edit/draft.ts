/**
 * Changes to an inventory that are thought out but not made: the texts of its files before and after, their diff,
 * and the check of what would come of them.
 */
import { checkInventory } from "../check.ts";
import { decodeText } from "../decode-text.ts";
import { InventoryError } from "../errors.ts";
import type { Kind } from "../kinds.ts";
import type { Inventory, InventoryProblem } from "../model.ts";
import { parseYaml } from "../parse-yaml.ts";
import type { InventoryFiles } from "../read-directory.ts";
import { unifiedDiff } from "./line-diff.ts";
import { appendItems, type EditableItem, editItem } from "./yaml-items.ts";

/** One file that would be written. `before` is absent for a new one. */
export interface FileChange {
  /** Relative to the inventory's directory. */
  path: string;
  before: Buffer | undefined;
  after: Buffer;
  diff: string;
}

interface DraftFile {
  kind: Kind;
  hasBom: boolean;
  before: Buffer | undefined;
  text: string;
  original: string;
  ids: Set<string>;
}

export class InventoryDraft {
  readonly #source: InventoryFiles;
  readonly #files = new Map<string, DraftFile>();

  /** @throws {InventoryError} when the files cannot be read as they are. */
  constructor(source: InventoryFiles) {
    this.#source = source;
    const problems: InventoryProblem[] = [...source.problems];
    for (const { path, kind, octets } of source.files) {
      if (kind === "province") continue;
      const decoded = decodeText(octets);
      if ("error" in decoded) {
        problems.push({
          file: path,
          line: 1,
          column: 1,
          code: "encoding",
          message: decoded.error,
          hint: decoded.hint,
        });
        continue;
      }
      const { parsed, problems: faults } = parseYaml(path, decoded.text);
      problems.push(...faults);
      const list = Array.isArray(parsed?.value) ? (parsed.value as { id?: unknown }[]) : [];
      const ids = new Set(list.map((one) => String(one?.id)));
      this.#files.set(path, {
        kind,
        hasBom: decoded.hasBom,
        before: octets,
        text: decoded.text,
        original: decoded.text,
        ids,
      });
    }
    if (problems.length > 0) throw new InventoryError(source.directory, problems);
  }

  /** The file that holds an object, or undefined. */
  fileOf(kind: Kind, id: string): string | undefined {
    for (const [path, file] of this.#files) if (file.kind === kind && file.ids.has(id)) return path;
    return undefined;
  }

  /** Changes one object. Throws when there is none of this id. */
  edit(kind: Kind, id: string, change: (item: EditableItem) => void): void {
    const path = this.fileOf(kind, id);
    const file = path === undefined ? undefined : this.#files.get(path);
    if (file === undefined) throw new Error(`no ${kind} "${id}"`);
    file.text = editItem(file.text, id, change);
  }

  /** Adds objects at the end of a file, which is made when it is not there. */
  append(kind: Kind, path: string, items: readonly { id: string }[]): void {
    if (items.length === 0) return;
    const up = "../".repeat(path.split("/").length);
    const heading = `# yaml-language-server: $schema=${up}schema/${kind}.schema.json`;
    const file = this.#files.get(path) ?? {
      kind,
      hasBom: false,
      before: undefined,
      text: "",
      original: "",
      ids: new Set<string>(),
    };
    file.text = appendItems(file.text === "" ? undefined : file.text, items, heading);
    for (const { id } of items) file.ids.add(id);
    this.#files.set(path, file);
  }

  /** Files that differ from what lies on disk, in the order of their names. */
  changes(): FileChange[] {
    return [...this.#files]
      .filter(([, file]) => file.text !== file.original)
      .map(([path, file]) => ({
        path,
        before: file.before,
        after: octetsOf(file),
        diff: unifiedDiff(path, file.original, file.text),
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The inventory as it would be. @throws {InventoryError} when it would not be valid. */
  check(): Inventory {
    const files = new Map(this.#source.files.map((file) => [file.path, file]));
    for (const [path, file] of this.#files)
      files.set(path, { path, kind: file.kind, octets: octetsOf(file) });
    const { inventory, problems } = checkInventory({ ...this.#source, files: [...files.values()] });
    if (inventory === undefined) {
      throw new InventoryError(
        this.#source.directory,
        problems,
        "Nothing was written: the change would leave the inventory invalid.",
      );
    }
    return inventory;
  }
}

function octetsOf(file: DraftFile): Buffer {
  return Buffer.from(`${file.hasBom ? "\uFEFF" : ""}${file.text}`, "utf8");
}
