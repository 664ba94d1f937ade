import { constants } from "node:fs";
import { access, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { EngineError } from "../../interface/errors.ts";
import { leanArguments, leanEnvironment } from "../program/lean-node.ts";

/** How a plugin is started; the address of the engine is its last argument. */
export interface PluginCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** besides that of the operation */
  readonly environment?: Readonly<Record<string, string>>;
  /** shown when something is wrong with it */
  readonly label: string;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Finds the executable of a package's plugin: npm's own for `pulumi-nodejs`; on PATH; or below
 * `<PULUMI_HOME>/plugins`, there in the version asked for, else in the newest.
 * @throws EngineError (exit 22) naming the places that were searched
 */
export async function findPlugin(
  packageName: string,
  version: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<PluginCommand> {
  if (packageName === "pulumi-nodejs") return dynamicProviders();
  const name = `pulumi-resource-${packageName}`;
  const directories = (environment.PATH ?? "").split(delimiter).filter((directory) => isAbsolute(directory));
  for (const directory of directories) {
    const file = join(directory, name);
    if (await isExecutable(file)) return { file, args: [], label: file };
  }
  const home = environment.PULUMI_HOME ?? join(environment.HOME ?? "/", ".pulumi");
  const installed = await installedPlugin(join(home, "plugins"), name, version);
  if (installed) return { file: installed, args: [], label: installed };
  throw new EngineError(
    "plugin-missing",
    22,
    `no resource plugin '${name}'${version ? ` of version ${version}` : ""} found on PATH or in ${join(home, "plugins")}`,
    `put the executable ${name} on PATH, or unpack its archive into ${join(home, "plugins", `resource-${packageName}-v<version>`)}`,
  );
}

/** npm's `@pulumi/pulumi` brings the provider whose resources are written in the program itself. */
function dynamicProviders(): PluginCommand {
  const main = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/dynamic-provider/index.js");
  return {
    file: process.execPath,
    args: [...leanArguments(), main],
    environment: leanEnvironment(),
    label: join(dirname(main), "index.js"),
  };
}

async function installedPlugin(
  directory: string,
  name: string,
  version: string | undefined,
): Promise<string | undefined> {
  const prefix = `${name.replace(/^pulumi-/, "")}-v`;
  const versions = (await readdir(directory).catch(() => [] as string[]))
    .filter((entry) => entry.startsWith(prefix))
    .map((entry) => entry.slice(prefix.length))
    .sort(compareVersions)
    .reverse();
  const wanted =
    version === undefined
      ? versions
      : versions.filter((candidate) => candidate === version.replace(/^v/, ""));
  for (const candidate of wanted) {
    const file = join(directory, prefix + candidate, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(/[.-]/), b.split(/[.-]/)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = Number(left[i] ?? 0) - Number(right[i] ?? 0);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return a < b ? -1 : 1;
}
