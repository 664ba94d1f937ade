/** Where things are: inventory, state and cache directories, settings. Flag > environment > pdc.yaml > user's > default. */
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { RemoteReceiver } from "../actions/poll/remote-writing.ts";
import { ConfigurationError, readSettings, type Settings, settingNames } from "./settings.ts";

export type SettingOrigin = { value: string | undefined; origin: string };

export interface Context {
  inventoryDirectory(): string;
  /** Samples, plans, deployment state: 0700, made by who writes first. */
  stateDirectory: string;
  cacheDirectory: string;
  /** Directory of the nearest pdc.yaml: what belongs to the center and is kept with it. */
  projectDirectory: string | undefined;
  /** Receivers of pdc.yaml; flags and the environment name others. */
  remoteWrite: readonly RemoteReceiver[];
  /** Where each setting comes from, for `pdc config show`. */
  origins: Readonly<Record<keyof Settings, SettingOrigin>>;
}

const environmentNames: Readonly<Record<keyof Settings, string>> = {
  inventory: "PDC_INVENTORY",
  stateDirectory: "PDC_STATE_DIR",
  cacheDirectory: "PDC_CACHE_DIR",
  language: "PDC_LANG",
  remoteWrite: "PDC_REMOTE_WRITE",
};
/** Settings that are no paths. */
const plainSettings: ReadonlySet<keyof Settings> = new Set(["language", "remoteWrite"]);

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
        value: plainSettings.has(name) ? fromEnvironment : resolve(directory, fromEnvironment),
        origin: variable,
      };
    for (const file of settings) {
      const value = textOf(file.settings, name);
      if (value !== undefined)
        return {
          value: plainSettings.has(name) ? value : resolve(dirname(file.path), value),
          origin: file.path,
        };
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
    remoteWrite: settings.find((file) => file.settings.remoteWrite)?.settings.remoteWrite ?? [],
    stateDirectory: origins.stateDirectory.value ?? home("XDG_STATE_HOME", ".local", "state"),
    cacheDirectory: origins.cacheDirectory.value ?? home("XDG_CACHE_HOME", ".cache"),
    inventoryDirectory: () => origins.inventory.value ?? findInventory(directory),
  };
}

function textOf(settings: Settings, name: keyof Settings): string | undefined {
  if (name !== "remoteWrite") return settings[name];
  return settings.remoteWrite
    ?.map(({ url, credential }) => (credential === undefined ? url : `${url} (credential ${credential})`))
    .join(", ");
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
