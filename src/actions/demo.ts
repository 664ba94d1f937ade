/**
 * `pdc demo`: a province on this machine, polled over real SNMP, before and after a bad morning. The lab, the poller
 * and the report are joined here and know nothing of each other; what the report says comes over the network.
 */
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadInventory } from "../inventory/load.ts";
import type { Inventory } from "../inventory/model.ts";
import type { Language } from "../report/format.ts";
import { type DemoLab, keptLab, ownLab } from "./demo/demo-lab.ts";
import { type CycleReport, ProvincePoller } from "./poll/province-poller.ts";
import { type MadeReport, recentSeries, reportOf } from "./report/make-report.ts";
import { reportHtml } from "./report/presentation.ts";
import { type ProvinceHealth, provinceHealth } from "./report/province-health.ts";

export interface DemoOptions {
  inventoryDirectory: string;
  cacheDirectory: string;
  /** Picks what goes wrong. */
  seed: number;
  /** Leave the lab running and its files where they are. */
  keep: boolean;
  /** Default: the inventory's. */
  language?: Language | undefined;
  /** Where the pages go. */
  outputDirectory: string;
  signal: AbortSignal;
}

export type DemoEvent =
  | { kind: "lab-starting"; devices: number; sites: number; links: number }
  | { kind: "lab-started"; devices: number; families: number }
  | { kind: "polled"; report: CycleReport }
  | { kind: "bad-morning" }
  | { kind: "writing" };

export interface DemoResult {
  seed: number;
  /** What the terminal shows: agencies that are not up, with the causes. */
  brief: MadeReport;
  /** The whole agency report; the page is made of it. */
  whole: MadeReport;
  /** The agency report first. */
  pages: readonly string[];
  /** The lab that was kept. */
  kept?: { directory: string; inventoryDirectory: string; storePath: string };
}

/** Seconds between two polls: enough for rates that mean something. */
const intervalMs = 3_000;
/** A busy machine may be late; devices that are not done by then are recorded as skipped. */
const cycleDeadlineMs = 60_000;
/** Polls after the faults at most; the first usually shows them. */
const mostCyclesAfterFaults = 3;

/**
 * Runs the demo, telling its steps as they come, and returns the reports. Whatever happens, no process of it is left,
 * and no file but the pages (with `keep`: the lab and its files stay once all went well).
 */
export async function* demo(options: DemoOptions): AsyncGenerator<DemoEvent, DemoResult> {
  const { seed, keep } = options;
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const inventory = await loadInventory(options.inventoryDirectory, {
    cacheDirectory: options.cacheDirectory,
  });
  const directory = await mkdtemp(join(tmpdir(), "pdc-demo-"));
  let lab: DemoLab | undefined;
  const leave = () => {
    lab?.abandon();
    rmSync(directory, { recursive: true, force: true });
  };
  process.once("exit", leave);
  let poller: ProvincePoller | undefined;
  try {
    yield {
      kind: "lab-starting",
      devices: inventory.devices.size,
      sites: inventory.sites.size,
      links: inventory.links.size,
    };
    lab = await (keep ? keptLab : ownLab)(inventory, directory, signal);
    void lab.broken.then((error) => failure.abort(error));
    yield { kind: "lab-started", devices: lab.devices, families: familiesOf(inventory) };

    const { inventoryDirectory } = lab;
    const storePath = join(directory, "samples.db");
    poller = await ProvincePoller.open({ inventoryDirectory, storePath, signal });
    const lookAround = async (pauseMs: number): Promise<CycleReport> => {
      await sleep(pauseMs, undefined, { signal });
      const report = await poller!.cycle({ deadlineMs: cycleDeadlineMs, signal });
      signal.throwIfAborted();
      return report;
    };
    yield { kind: "polled", report: await lookAround(0) };
    yield { kind: "polled", report: await lookAround(intervalMs) };
    const labInventory = await loadInventory(inventoryDirectory);
    const before = provinceHealth(labInventory, storePath);

    yield { kind: "bad-morning" };
    await lab.startBadMorning(seed);
    let after = before;
    for (let cycle = 0; cycle < mostCyclesAfterFaults && !isWorse(after, before); cycle++) {
      yield { kind: "polled", report: await lookAround(intervalMs) };
      after = provinceHealth(labInventory, storePath);
    }

    yield { kind: "writing" };
    const language = options.language ?? labInventory.province.language;
    const made = { language, madeAtMs: Date.now() };
    const brief = reportOf("agency", labInventory, after, {
      ...made,
      filter: { states: ["down", "unreachable", "degraded", "unknown"] },
    });
    const recent = recentSeries(labInventory, after);
    const withSeries = { ...made, ...(recent && { recent }) };
    const whole = reportOf("agency", labInventory, after, withSeries);
    const pages = await writePages(resolve(options.outputDirectory), [
      whole,
      reportOf("wan", labInventory, after, withSeries),
      reportOf("device", labInventory, after, withSeries),
    ]);
    await poller.close();
    poller = undefined;
    if (!keep) return { seed, brief, whole, pages };
    process.off("exit", leave);
    return { seed, brief, whole, pages, kept: { directory, inventoryDirectory, storePath } };
  } catch (error) {
    if (keep && lab !== undefined) await endKept(directory);
    // Ctrl-C reaches the agents too; that they are gone then is no news.
    options.signal.throwIfAborted();
    throw error;
  } finally {
    await poller?.close();
    await lab?.stop().catch((error: unknown) => {
      if (!options.signal.aborted) throw error;
    });
    if (process.listeners("exit").includes(leave)) {
      process.off("exit", leave);
      await rm(directory, { recursive: true, force: true });
    }
  }
}

async function endKept(directory: string): Promise<void> {
  const { labDown } = await import("./lab/down.ts");
  await labDown({ directory });
}

/** Whether states show that were not there before. */
function isWorse({ health }: ProvinceHealth, before: ProvinceHealth): boolean {
  const isLost = (state: string) => state === "down" || state === "unreachable";
  const lost = (one: ProvinceHealth["health"]) =>
    [...one.agencies.values()].filter(({ state }) => isLost(state)).length;
  return lost(health) > lost(before.health);
}

function familiesOf({ devices }: Inventory): number {
  return new Set([...devices.values()].map(({ profile }) => profile).filter((name) => name !== undefined))
    .size;
}

async function writePages(directory: string, reports: readonly MadeReport[]): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  return Promise.all(
    reports.map(async (report) => {
      const path = join(directory, `${report.model.kind}.html`);
      await writeFile(path, reportHtml(report));
      return path;
    }),
  );
}
