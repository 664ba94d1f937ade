/** The control plane's programs: built once from the pinned Go modules, kept in a cache directory. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { findGo } from "./find-go.ts";
import { runGo, waitForLock } from "./go-build.ts";
import { buildFlags, type ProgramName, programs, readVersions, toolsDirectory } from "./versions.ts";

/** Absolute path of every program. */
export type Binaries = Readonly<Record<ProgramName, string>>;

export interface BinariesOptions {
  /** Default: `controlPlaneCacheDirectory()`. */
  cacheDirectory?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Told before something that takes minutes. */
  onProgress?: ((text: string) => void) | undefined;
}

/** PDC_CONTROL_PLANE_CACHE, else `control-plane` in pdc's cache directory (by default the user's). */
export function controlPlaneCacheDirectory(pdcCacheDirectory?: string): string {
  const { PDC_CONTROL_PLANE_CACHE, PDC_CACHE_DIR, XDG_CACHE_HOME } = process.env;
  if (PDC_CONTROL_PLANE_CACHE) return PDC_CONTROL_PLANE_CACHE;
  const cache =
    pdcCacheDirectory ?? PDC_CACHE_DIR ?? join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "pdc");
  return join(cache, "control-plane");
}

/** The programs when they are there already. */
export function findBinaries(cacheDirectory = controlPlaneCacheDirectory()): Binaries | undefined {
  const directory = join(cacheDirectory, readVersions().key);
  const names = Object.keys(programs) as ProgramName[];
  const paths = names.map((name) => [name, join(directory, name)] as const);
  return paths.every(([, path]) => existsSync(path)) ? (Object.fromEntries(paths) as Binaries) : undefined;
}

/**
 * The programs, built when they are not there: minutes at first (modules are downloaded), seconds when only one has
 * changed. One process builds, others wait for it.
 * @throws ControlPlaneError when there is no Go that can, or the build fails.
 */
export async function ensureBinaries(options: BinariesOptions = {}): Promise<Binaries> {
  const { cacheDirectory = controlPlaneCacheDirectory(), signal, onProgress } = options;
  const found = findBinaries(cacheDirectory);
  if (found) return found;
  const go = await findGo();
  await mkdir(cacheDirectory, { recursive: true, mode: 0o700 });
  const lock = await waitForLock(join(cacheDirectory, "build.lock"), signal, () =>
    onProgress?.("another process builds the control plane; waiting for it …"),
  );
  try {
    const builtMeanwhile = findBinaries(cacheDirectory);
    if (builtMeanwhile) return builtMeanwhile;
    onProgress?.("building the control plane from its Go modules, once; this takes some minutes …");
    await build(go, cacheDirectory, signal);
  } finally {
    lock.close();
  }
  const built = findBinaries(cacheDirectory);
  if (!built) throw new Error(`the build left no programs in ${cacheDirectory}`);
  return built;
}

async function build(go: string, cacheDirectory: string, signal: AbortSignal | undefined): Promise<void> {
  const { kubernetes, kwok, key } = readVersions();
  const unfinished = await mkdtemp(join(cacheDirectory, "building-"));
  try {
    const args = [
      "build",
      ...buildFlags(kubernetes, kwok),
      "-o",
      `${unfinished}/`,
      ...Object.values(programs),
    ];
    await runGo(go, args, { directory: toolsDirectory, what: "the control plane", cacheDirectory, signal });
    await rm(join(cacheDirectory, key), { recursive: true, force: true });
    await rename(unfinished, join(cacheDirectory, key));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  // What an older go.mod built, and what a build that was killed left.
  for (const name of await readdir(cacheDirectory))
    if (name !== key && /^(building|kubernetes)-/.test(name))
      await rm(join(cacheDirectory, name), { recursive: true, force: true });
}
