/** A directory of rendered files that knows which are its own: SHA256SUMS lists them. Touches the outside world. */
import { createHash } from "node:crypto";
import { lstat, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RenderedFile } from "../../../stacks/platform/render.ts";
import { writeWhole } from "../write-whole.ts";

/** The list `sha256sum -c` reads; its first line says what was rendered. */
export const LIST = "SHA256SUMS";

export interface WrittenFiles {
  written: string[];
  unchanged: number;
  removed: string[];
}

/**
 * Makes the directory hold these files, and takes away those of an earlier render that are no more. Nothing is
 * written when that would overwrite what somebody else wrote or changed, or another stack's render (exit code 22).
 */
export async function writeRendered(
  directory: string,
  title: string,
  files: readonly RenderedFile[],
): Promise<WrittenFiles> {
  const known = await readList(directory, title);
  const wanted = new Map(files.map(({ path, text }) => [path, { text, hash: sha256(text) }]));
  const states = new Map<string, string | undefined>();
  for (const path of new Set([...wanted.keys(), ...known.keys()]))
    states.set(path, await hashOf(directory, path));
  const foreign = [...states].filter(
    ([path, hash]) => hash !== undefined && !isOurs(hash, known.get(path), wanted.get(path)?.hash),
  );
  if (foreign.length > 0) {
    const [path] = foreign[0]!;
    throw refuse(
      `${join(directory, path)}: ${known.has(path) ? "was changed by hand" : "was not written by pdc"}${foreign.length > 1 ? `, and ${foreign.length - 1} others` : ""}`,
      "change the inventory instead and move the file away, or render into another directory",
    );
  }
  const result: WrittenFiles = { written: [], unchanged: 0, removed: [] };
  for (const [path, { text, hash }] of wanted) {
    if (states.get(path) === hash) result.unchanged++;
    else {
      await writeWhole(join(directory, path), text);
      result.written.push(path);
    }
  }
  const list = [`# ${title}`, ...[...wanted].map(([path, { hash }]) => `${hash}  ${path}`), ""].join("\n");
  await writeWhole(join(directory, LIST), list);
  for (const path of known.keys()) {
    if (wanted.has(path) || states.get(path) === undefined) continue;
    await rm(join(directory, path));
    result.removed.push(path);
  }
  return result;
}

function isOurs(hash: string, listed: string | undefined, wanted: string | undefined): boolean {
  return hash === listed || (listed !== undefined && hash === wanted);
}

async function readList(directory: string, title: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(join(directory, LIST), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const entries = await readdir(directory).catch(() => []);
    const manifests = entries.filter((name) => !name.startsWith("."));
    if (manifests.length === 0) return new Map();
    throw refuse(
      `${directory}: holds ${manifests[0]} and no list of an earlier render`,
      "name an empty or new directory",
    );
  }
  const [first = "", ...lines] = text.split("\n");
  if (first !== `# ${title}`)
    throw refuse(
      `${join(directory, LIST)}: is of "${first.replace(/^# /, "").slice(0, 80)}", not of "${title}"`,
      "one directory for each stack and environment",
    );
  const known = new Map<string, string>();
  for (const line of lines.filter((one) => one !== "")) {
    const match = /^([0-9a-f]{64}) {2}([a-z0-9-]+\/[a-z0-9.-]+\.yaml)$/.exec(line);
    if (!match)
      throw refuse(`${join(directory, LIST)}: "${line.slice(0, 80)}" is no line of it`, "restore it");
    known.set(match[2]!, match[1]!);
  }
  return known;
}

/** SHA-256 of a regular file; undefined when there is none. Links are refused: they lead elsewhere. */
async function hashOf(directory: string, path: string): Promise<string | undefined> {
  for (const part of [dirname(path), path]) {
    const status = await lstat(join(directory, part)).catch(() => undefined);
    if (status === undefined) return undefined;
    if (part === path ? !status.isFile() : !status.isDirectory())
      throw refuse(`${join(directory, part)}: is no ${part === path ? "file" : "folder"}`, "move it away");
  }
  return sha256(await readFile(join(directory, path)));
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function refuse(message: string, fix: string): Error {
  return Object.assign(new Error(message), { code: "foreign-files", exitCode: 22, fix });
}
