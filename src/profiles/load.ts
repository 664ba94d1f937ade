/** Profile files from disk: ours beside this file, and those of a center. The only file of this room that reads. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readProfileFile } from "./file.ts";
import { ProfileError, type ProfileProblem } from "./problems.ts";
import { ProfileSet } from "./profile-set.ts";

const ownDirectories = ["mibs/", "families/"].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

export interface LoadOptions {
  /** Further folders of *.yaml (a center's `<inventory>/profiles`), in order; a file replaces an earlier one of the same family or module. */
  directories?: readonly string[];
}

/**
 * Loads all profiles. Throws ProfileError (exit code 22) with every problem of every file, each with its place. A
 * folder of `directories` that does not exist is empty. Our own files are compiled when a family is first asked for;
 * those of `directories` at once.
 */
export async function loadProfiles(options: LoadOptions = {}): Promise<ProfileSet> {
  const problems: ProfileProblem[] = [];
  const own = (await Promise.all(ownDirectories.map((directory) => yamlFiles(directory)))).flat();
  const added = (
    await Promise.all((options.directories ?? []).map((directory) => yamlFiles(directory)))
  ).flat();
  const files = await Promise.all(
    [...own, ...added].map(async (path) => readProfileFile(path, await readFile(path, "utf8"), problems)),
  );
  if (problems.length > 0) throw new ProfileError(problems);
  const set = new ProfileSet(files, problems);
  if (added.length > 0) set.compileAll();
  return set;
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
