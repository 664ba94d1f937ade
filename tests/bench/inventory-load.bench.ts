/** How long an inventory takes: cold, from the validated cache, as a whole command, and to refuse a bomb. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { largeInventory, smallInventory, writeInventory } from "../inventory/synthetic-inventory.ts";
import type { Figure } from "./figure.ts";

const root = resolve(import.meta.dirname, "../..");
const RUNS = 5;

/** Wall time of the loading, CPU time and peak memory of its whole process. */
interface Measured {
  ms: number;
  cpuMs: number;
  rssOctets: number;
}

/** Runs a program in a fresh process and reads the figures it prints as JSON. */
function measure(program: string): Measured {
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout);
}

function loading(directory: string, cache: string | false): string {
  const module = JSON.stringify(join(root, "src/inventory/load.ts"));
  const memory = JSON.stringify(join(root, "tests/bench/peak-memory.ts"));
  return `const start = performance.now();
    const { loadInventory } = await import(${module});
    await loadInventory(${JSON.stringify(directory)}, { cacheDirectory: ${JSON.stringify(cache)} }).catch(() => {});
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage();
    const { peakRssOctets } = await import(${memory});
    console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, rssOctets: peakRssOctets() }));`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function wholeProcess(command: string, args: readonly string[], env: NodeJS.ProcessEnv): number {
  return median(
    Array.from({ length: RUNS + 1 }, () => {
      const start = performance.now();
      const { status, stderr } = spawnSync(command, args, {
        encoding: "utf8",
        env: { ...process.env, ...env },
      });
      if (status !== 0) throw new Error(stderr);
      return performance.now() - start;
    }).slice(1),
  );
}

const BOMB = `${Array.from(
  { length: 9 },
  (_, i) =>
    `- &a${i} [${Array(9)
      .fill(i === 0 ? "x" : `*a${i - 1}`)
      .join(", ")}]`,
).join("\n")}\n`;

export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "pdc-bench-inventory-"));
  try {
    const directory = (name: string) => join(folder, name);
    writeInventory(directory("5000"), largeInventory(5000));
    writeInventory(directory("1000"), largeInventory(1000));
    writeInventory(directory("bomb"), smallInventory().set("devices/bomb.yaml", BOMB));
    const cache = directory("cache");
    const cold = Array.from({ length: RUNS }, () => measure(loading(directory("5000"), false)));
    measure(loading(directory("5000"), cache));
    const warm = Array.from({ length: RUNS }, () => measure(loading(directory("5000"), cache)));
    const bomb = Array.from({ length: RUNS }, () => measure(loading(directory("bomb"), false)));
    const small = measure(loading(directory("1000"), false));
    const pdc = join(root, "bin/pdc");
    const env = { PDC_CACHE_DIR: cache, PDC_INVENTORY: directory("1000"), PDC_NO_CONFIG: "1" };
    const listMs = wholeProcess(pdc, ["inventory", "list"], env);
    const peers = {
      "node -e ''": wholeProcess(process.execPath, ["-e", ""], {}),
      "pdc --version": wholeProcess(pdc, ["--version"], env),
    };
    return [
      {
        name: "5,000 devices, cold",
        value: median(cold.map(({ ms }) => ms)) / 1000,
        unit: "s",
        target: "<= 3",
        peers: {
          "1,000 devices": small.ms / 1000,
          "CPU of the process": median(cold.map(({ cpuMs }) => cpuMs)) / 1000,
        },
      },
      {
        name: "5,000 devices, from the cache",
        value: median(warm.map(({ ms }) => ms)) / 1000,
        unit: "s",
        target: "<= 1",
        peers: { "CPU of the process": median(warm.map(({ cpuMs }) => cpuMs)) / 1000 },
      },
      {
        name: "5,000 devices, cold, resident set",
        value: median(cold.map(({ rssOctets }) => rssOctets)) / 1e6,
        unit: "MB",
      },
      { name: "pdc inventory list, 1,000 devices", value: listMs, unit: "ms", target: "<= 400", peers },
      { name: "alias bomb refused", value: median(bomb.map(({ ms }) => ms)), unit: "ms", target: "<= 1000" },
      {
        name: "alias bomb refused, resident set",
        value: median(bomb.map(({ rssOctets }) => rssOctets)) / 1e6,
        unit: "MB",
        target: "<= 200",
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
