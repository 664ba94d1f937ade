/** Where things are: inventory, state and cache directories, settings. Flag > environment > pdc.yaml > user's > default. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { exitCodes } from "./exit-codes.ts";

/** Settings of a pdc.yaml; paths are relative to the file. */
export interface Settings {
  inventory?: string;
  stateDirectory?: string;
  cacheDirectory?: string;
  language?: string;
}

export type SettingOrigin = { value: string | undefined; origin: string };

export interface Context {
  inventoryDirectory(): string;
  /** Samples, plans, deployment state: 0700, made by who writes first. */
  stateDirectory: string;
  cacheDirectory: string;
  /** Directory of the nearest pdc.yaml: what belongs to the center and is kept with it. */
  projectDirectory: string | undefined;
  /** Where each setting comes from, for `pdc config show`. */
  origins: Readonly<Record<keyof Settings, SettingOrigin>>;
}

const settingNames = ["inventory", "stateDirectory", "cacheDirectory", "language"] as const;
const environmentNames: Readonly<Record<keyof Settings, string>> = {
  inventory: "PDC_INVENTORY",
  stateDirectory: "PDC_STATE_DIR",
  cacheDirectory: "PDC_CACHE_DIR",
  language: "PDC_LANG",
};

/** An error in configuration (exit code 22). */
export class ConfigurationError extends Error {
  readonly exitCode = exitCodes.badInput;
  readonly code: string;
  readonly fix: string | undefined;
  constructor(code: string, message: string, fix?: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}

/** Reads settings and settles every directory. A file that cannot be understood is an error, never ignored. */
export async function loadContext(
  flags: { inventory?: string | undefined },
  directory = process.cwd(),
  environment = process.env,
): Promise<Context> {
  const project = findUp("pdc.yaml", directory);
  const user = join(environment.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "pdc", "pdc.yaml");
  const files = environment.PDC_NO_CONFIG
    ? []
    : [project, existsSync(user) ? user : undefined].filter((path) => path !== undefined);
  const settings = await Promise.all(
    files.map(async (path) => ({ path, settings: await readSettings(path) })),
  );
  const origin = (name: keyof Settings): SettingOrigin => {
    const variable = environmentNames[name];
    if (name === "inventory" && flags.inventory !== undefined)
      return { value: resolve(directory, flags.inventory), origin: "flag" };
    const fromEnvironment = environment[variable];
    if (fromEnvironment)
      return {
        value: name === "language" ? fromEnvironment : resolve(directory, fromEnvironment),
        origin: variable,
      };
    for (const file of settings) {
      const value = file.settings[name];
      if (value !== undefined)
        return { value: name === "language" ? value : resolve(dirname(file.path), value), origin: file.path };
    }
    return { value: undefined, origin: "default" };
  };
  const origins = Object.fromEntries(settingNames.map((name) => [name, origin(name)])) as Record<
    keyof Settings,
    SettingOrigin
  >;
  const home = (variable: string, ...otherwise: string[]) =>
    join(environment[variable] ?? join(homedir(), ...otherwise), "pdc");
  return {
    projectDirectory: project && dirname(project),
    origins,
    stateDirectory: origins.stateDirectory.value ?? home("XDG_STATE_HOME", ".local", "state"),
    cacheDirectory: origins.cacheDirectory.value ?? home("XDG_CACHE_HOME", ".cache"),
    inventoryDirectory: () => origins.inventory.value ?? findInventory(directory),
  };
}

function findUp(name: string, directory: string): string | undefined {
  for (let current = resolve(directory); ; current = dirname(current)) {
    const path = join(current, name);
    if (existsSync(path)) return path;
    if (dirname(current) === current) return undefined;
  }
}

function findInventory(directory: string): string {
  const own = findUp("province.yaml", directory);
  if (own) return dirname(own);
  const folder = findUp("inventory", directory);
  const provinces = folder
    ? readdirSync(folder)
        .map((name) => join(folder, name))
        .filter((path) => existsSync(join(path, "province.yaml")))
    : [];
  if (provinces.length === 1 && provinces[0]) return provinces[0];
  throw new ConfigurationError(
    "no-inventory",
    provinces.length === 0
      ? "no inventory found from here upwards"
      : `several inventories in ${folder}: ${provinces.join(", ")}`,
    provinces.length === 0
      ? "run `pdc init DIR` to make one, or name it with --inventory DIR"
      : "name one with --inventory DIR",
  );
}

async function readSettings(path: string): Promise<Settings> {
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(readFileSync(path, "utf8"), { maxAliasCount: 0 });
  } catch (error) {
    throw new ConfigurationError("bad-configuration", `${path}: ${(error as Error).message}`);
  }
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value))
    throw new ConfigurationError("bad-configuration", `${path}: expected settings, name: value`);
  for (const [key, setting] of Object.entries(value)) {
    if (!settingNames.includes(key as keyof Settings)) {
      throw new ConfigurationError(
        "unknown-setting",
        `${path}: unknown setting ${key}`,
        `settings are ${settingNames.join(", ")}`,
      );
    }
    if (typeof setting !== "string")
      throw new ConfigurationError("bad-configuration", `${path}: ${key} must be a text`);
  }
  return value as Settings;
}
