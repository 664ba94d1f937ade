/** Profile files from disk: ours beside this file, and those of a center. The only file of this room that reads. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cachePath, readCache, writeCache } from "./cache.ts";
import { complainerOf, type ProfileFile, type ReadFile, readProfileFile } from "./file.ts";
import { ProfileError, type ProfileProblem } from "./problems.ts";
import { ProfileSet } from "./profile-set.ts";

const ownDirectories = ["mibs/", "families/"].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

export interface LoadOptions {
  /** Further folders of *.yaml (a center's `<inventory>/profiles`), in order; a file replaces an earlier one of the same family or module. */
  directories?: readonly string[];
  /** Where our own files are kept in checked form, so that they need not be parsed each time. */
  cacheDirectory?: string | undefined;
}

/**
 * Loads all profiles. Throws ProfileError (exit code 22) with every problem of every file, each with its place. A
 * folder of `directories` that does not exist is empty. Our own files are compiled when a family is first asked for;
 * those of `directories` at once.
 */
export async function loadProfiles(options: LoadOptions = {}): Promise<ProfileSet> {
  const problems: ProfileProblem[] = [];
  ownFiles ??= readOwnFiles(options.cacheDirectory);
  const own = await ownFiles;
  const added = (
    await Promise.all((options.directories ?? []).map((directory) => readFolder(directory)))
  ).flat();
  const files = [
    ...own.map(({ path, text, file }) => ({
      name: path,
      file,
      complain: complainerOf(path, text, problems),
    })),
    ...added.map(({ path, text }) => readProfileFile(path, text, problems)),
  ];
  checkNames(files);
  if (problems.length > 0) throw new ProfileError(problems);
  const set = new ProfileSet(files, problems);
  if (added.length > 0) set.compileAll();
  return set;
}

/** Families and modules share one space of names: `unless` and `skip` name the rules of both by them. */
function checkNames(files: readonly ReadFile[]): void {
  const kinds = new Map<string, ProfileFile["kind"]>();
  for (const { file, complain } of files) {
    if (file === undefined) continue;
    const name = file.kind === "family" ? file.data.family : file.data.module;
    const other = kinds.get(name) ?? file.kind;
    if (other !== file.kind)
      complain(
        [file.kind],
        "name-taken",
        `"${name}" is the name of a ${other}: this ${file.kind} needs another`,
      );
    else kinds.set(name, file.kind);
  }
}

/** Ours do not change while we run: parsed once a process. */
let ownFiles: Promise<OwnFile[]> | undefined;

interface OwnFile {
  path: string;
  text: string;
  file: ProfileFile;
}

async function readOwnFiles(cacheDirectory: string | undefined): Promise<OwnFile[]> {
  const texts = (await Promise.all(ownDirectories.map((directory) => readFolder(directory)))).flat();
  const cache =
    cacheDirectory === undefined
      ? undefined
      : await cachePath(
          cacheDirectory,
          texts.map(({ text }) => text),
        );
  const cached = cache && (await readCache(cache, texts.length));
  if (cached) return texts.map((each, at) => ({ ...each, file: cached[at]! }));
  const problems: ProfileProblem[] = [];
  const files = texts.map(({ path, text }) => readProfileFile(path, text, problems).file);
  if (problems.length > 0) throw new ProfileError(problems);
  if (cache) await writeCache(cache, files as ProfileFile[]);
  return texts.map((each, at) => ({ ...each, file: files[at]! }));
}

async function readFolder(directory: string): Promise<{ path: string; text: string }[]> {
  const paths = await yamlFiles(directory);
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, "utf8") })));
}

/** Paths of the *.yaml below `directory`, sorted; [] when there is no such folder. */
async function yamlFiles(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory, { recursive: true });
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
