/** Reads the files of an inventory. The only place of the room that walks its directory. */
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, readdir, realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { whyUnreadable } from "./errors.ts";
import { FOREIGN_FOLDERS, KINDS, type Kind, LIMITS, PROVINCE_FILE } from "./kinds.ts";
import type { InventoryProblem } from "./model.ts";
import { didYouMean } from "./near-match.ts";

const READ_AT_ONCE = 32;

/** One file as it lies on disk. */
export interface InventoryFile {
  /** Relative to the directory, with "/". */
  path: string;
  kind: Kind | "province";
  octets: Buffer;
}

/** All files of an inventory at one moment, in the order of their names, or what forbids reading them. */
export interface InventoryFiles {
  /** Absolute, symbolic links resolved. */
  directory: string;
  files: readonly InventoryFile[];
  /** SHA-256 over names and contents, hex. */
  contentHash: string;
  problems: readonly InventoryProblem[];
}

/**
 * Reads `province.yaml` and the YAML files of the kinds' folders (any depth). Hidden files, other endings and
 * folders of other names at the root are left alone when they hold no YAML. Symbolic links are followed to files
 * inside the directory (a mounted ConfigMap is made of them), nowhere else. Rejects when there is no directory.
 */
export async function readInventoryFiles(directory: string): Promise<InventoryFiles> {
  const root = await realpath(directory);
  const problems: InventoryProblem[] = [];
  const found: { path: string; kind: InventoryFile["kind"] }[] = [];
  const entries = await readdir(root, { withFileTypes: true });
  if (!entries.some(({ name }) => name === PROVINCE_FILE)) return noInventory(root);
  for (const entry of entries) {
    if (entry.name.startsWith(".") || FOREIGN_FOLDERS.includes(entry.name)) continue;
    const kind = KINDS.find((name) => name === entry.name);
    if (entry.name === PROVINCE_FILE) found.push({ path: entry.name, kind: "province" });
    else if (kind && entry.isDirectory())
      found.push(...(await yamlFiles(root, entry.name, problems)).map((path) => ({ path, kind })));
    else if (entry.isDirectory() || isYaml(entry.name))
      await unexpected(root, entry.name, entry.isDirectory(), problems);
    else if (kind) problems.push(problemAt(entry.name, "not-a-folder", `"${entry.name}" must be a folder`));
  }
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  if (found.length > LIMITS.files) {
    problems.push(problemAt(found[LIMITS.files]!.path, "too-large", `more than ${LIMITS.files} files`));
    found.length = 0;
  }
  const files: InventoryFile[] = [];
  const hash = createHash("sha256");
  let total = 0;
  for (let first = 0; first < found.length; first += READ_AT_ONCE) {
    const batch = found.slice(first, first + READ_AT_ONCE);
    const read = await Promise.all(batch.map(({ path }) => readInside(root, path, problems)));
    for (const [i, { path, kind }] of batch.entries()) {
      const octets = read[i];
      if (octets === undefined) continue;
      total += octets.length;
      hash.update(`${Buffer.byteLength(path)}:${path}:${octets.length}:`).update(octets);
      files.push({ path, kind, octets });
    }
    if (total > LIMITS.totalOctets) {
      const message = `the inventory is larger than ${mebibytes(LIMITS.totalOctets)}`;
      problems.push(problemAt(batch.at(-1)!.path, "too-large", message));
      break;
    }
  }
  return { directory: root, files, contentHash: hash.digest("hex"), problems };
}

/** A directory that is none; the one meant may lie below it, as in a center of `pdc init`. */
async function noInventory(root: string): Promise<InventoryFiles> {
  const below: string[] = [];
  for (const folder of [".", "inventory"]) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const { name } of entries) {
      const path = join(root, folder, name);
      if ((await lstat(join(path, PROVINCE_FILE)).catch(() => undefined))?.isFile()) below.push(path);
    }
  }
  const hint =
    below.length > 0
      ? `did you mean ${below.join(" or ")}?`
      : "`pdc init DIR` makes one; --inventory DIR names one";
  const message = `${root} is no inventory: it has no ${PROVINCE_FILE}`;
  const problem = { ...problemAt(".", "missing-file", message, hint) };
  return { directory: root, files: [], contentHash: "", problems: [problem] };
}

/** YAML files below a folder, as paths relative to the root. */
async function yamlFiles(root: string, folder: string, problems: InventoryProblem[]): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (folder.split("/").length < 8) paths.push(...(await yamlFiles(root, path, problems)));
      else problems.push(problemAt(path, "too-deep", "folders inside folders inside folders"));
    } else if (isYaml(entry.name)) paths.push(path);
  }
  return paths;
}

/** Octets of a regular file inside the root, or undefined and a problem. */
async function readInside(
  root: string,
  path: string,
  problems: InventoryProblem[],
): Promise<Buffer | undefined> {
  const refuse = (code: string, message: string, hint?: string) => {
    problems.push(problemAt(path, code, message, hint));
    return undefined;
  };
  try {
    const real = await realpath(join(root, path));
    const inside = relative(root, real);
    if (inside.startsWith("..") || inside.startsWith(sep)) {
      return refuse("outside-directory", "the link leads out of the inventory", "copy the file here");
    }
    await using file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const status = await file.stat();
    if (!status.isFile()) return refuse("not-a-file", "not a regular file");
    if (status.size > LIMITS.fileOctets) {
      const size = mebibytes(status.size);
      return refuse(
        "too-large",
        `the file has ${size}, at most ${mebibytes(LIMITS.fileOctets)} are read`,
        "split it",
      );
    }
    return await file.readFile();
  } catch (error) {
    return refuse("unreadable", `cannot be read: ${whyUnreadable(error)}`);
  }
}

async function unexpected(
  root: string,
  name: string,
  isFolder: boolean,
  problems: InventoryProblem[],
): Promise<void> {
  if (isFolder) {
    const entries = await readdir(join(root, name)).catch(() => []);
    if (!entries.some(isYaml)) return;
  } else if ((await lstat(join(root, name))).isDirectory()) return;
  const known = isFolder ? KINDS : [PROVINCE_FILE];
  const message = isFolder
    ? `folder "${name}" is none of ${KINDS.join(", ")}`
    : `"${name}" is not ${PROVINCE_FILE}, and other files lie in the folders of their kind`;
  problems.push(problemAt(name, "unexpected-file", message, didYouMean(name, known)));
}

function isYaml(name: string): boolean {
  return /\.ya?ml$/i.test(name);
}

function mebibytes(octets: number): string {
  return `${(octets / 1024 / 1024).toFixed(1)} MiB`;
}

function problemAt(file: string, code: string, message: string, hint?: string): InventoryProblem {
  return { file, line: 1, column: 1, code, message, ...(hint && { hint }) };
}
