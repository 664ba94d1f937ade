/** `pdc watch` on a pseudo-terminal with 2,000 devices: how soon it shows something, what it costs while it stands there. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figure.ts";
import { makeWatchProvince, STEP_MS, type WatchProvince } from "./watch-province.ts";

const pdc = resolve(import.meta.dirname, "../../bin/pdc");
const SITES = 2000;
const IDLE_MS = 60_000;
const STARTS = 5;
/** Linux counts CPU in these (USER_HZ). */
const TICKS_PER_SECOND = 100;

export async function run(): Promise<Figure[]> {
  const province = makeWatchProvince(SITES);
  try {
    // The first start has nothing to show at once; it leaves what it has seen for the next.
    const cold = await watching(province, (view) => view.until("devices 2001:"));
    const first: number[] = [];
    const bare: number[] = [];
    let idle: Figure[] = [];
    for (let start = 0; start < STARTS; start++) {
      const isLast = start === STARTS - 1;
      const beganMs = performance.now();
      spawnSync(pdc, ["--version"]);
      bare.push(performance.now() - beganMs);
      await watching(province, async (view) => {
        first.push(await view.until("devices 2001:"));
        if (isLast) idle = await idleFigures(province, view);
      });
    }
    const name = `watch: ${SITES} devices`;
    return [
      {
        name: `${name}, first frame`,
        value: median(first),
        unit: "ms",
        target: "<= 500",
        // Node alone, in the same run: how busy the machine was.
        peers: { "pdc --version (loads no command)": median(bare) },
      },
      { name: `${name}, first frame with data when nothing is cached`, value: cold, unit: "ms" },
      ...idle.map((figure) => ({ ...figure, name: `${name}, ${figure.name}` })),
    ];
  } finally {
    province.dispose();
  }
}

interface Viewed {
  /** Milliseconds from the start until `text` is on the screen. */
  until(text: string): Promise<number>;
  octets(): number;
  cpuSeconds(): number;
}

/** A minute in which nobody touches a key and the poller writes one cycle. */
async function idleFigures(province: WatchProvince, view: Viewed): Promise<Figure[]> {
  await view.until("data of");
  await sleep(10_000);
  const before = { cpu: view.cpuSeconds(), octets: view.octets() };
  const beganMs = performance.now();
  await sleep(IDLE_MS / 2);
  province.cycle(Date.now());
  await sleep(IDLE_MS / 2);
  const seconds = (performance.now() - beganMs) / 1000;
  return [
    {
      name: `CPU while idle, one cycle per ${STEP_MS / 1000} s`,
      value: ((view.cpuSeconds() - before.cpu) / seconds) * 100,
      unit: "% of a core",
      target: "<= 5",
    },
    { name: "written to the terminal in that minute", value: view.octets() - before.octets, unit: "octets" },
  ];
}

async function watching<Result>(
  { directory, inventoryDirectory, storePath }: WatchProvince,
  work: (view: Viewed) => Promise<Result>,
): Promise<Result> {
  const command = `stty cols 120 rows 40; exec ${pdc} watch --store ${storePath}`;
  const beganMs = performance.now();
  const child = spawn("script", ["-qfec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      ...process.env,
      TERM: "xterm-256color",
      PDC_NO_CONFIG: "1",
      PDC_INVENTORY: inventoryDirectory,
      PDC_CACHE_DIR: join(directory, "cache"),
      PDC_STATE_DIR: directory,
    },
  });
  let output = "";
  let octets = 0;
  let wake = () => {};
  child.stdout.on("data", (chunk: Buffer) => {
    octets += chunk.length;
    output = (output + chunk.toString()).slice(-200_000);
    wake();
  });
  const ended = new Promise<void>((done) => child.once("close", () => done()));
  const view: Viewed = {
    async until(text) {
      const deadline = AbortSignal.timeout(120_000);
      while (!output.includes(text)) {
        deadline.throwIfAborted();
        await Promise.race([new Promise<void>((woken) => (wake = woken)), sleep(1000)]);
      }
      return performance.now() - beganMs;
    },
    octets: () => octets,
    cpuSeconds: () => cpuSecondsOf(child),
  };
  try {
    const result = await work(view);
    await view.until("data of");
    return result;
  } finally {
    child.stdin.write("q");
    await Promise.race([ended, sleep(10_000)]);
    child.kill("SIGKILL");
  }
}

/** Of everything below `child`. */
function cpuSecondsOf({ pid = 0 }: ChildProcess): number {
  const parents = new Map<number, number>();
  const ticks = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      parents.set(Number(name), Number(fields[1]));
      ticks.set(Number(name), Number(fields[11]) + Number(fields[12]));
    } catch {
      // It ended just now.
    }
  }
  const isBelow = (process: number): boolean =>
    process === pid || (parents.has(process) && parents.get(process) !== 0 && isBelow(parents.get(process)!));
  let sum = 0;
  for (const [process, count] of ticks) if (isBelow(process)) sum += count;
  return sum / TICKS_PER_SECOND;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
