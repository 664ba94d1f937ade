/**
 * The demo as a user runs it. What went wrong is picked by seed and written by the lab into a file that nothing but
 * this test reads; the report, which knows it over the network only, has to say the same.
 */
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadInventory } from "../../src/inventory/load.ts";
import type { Link } from "../../src/inventory/model.ts";
import type { Fault } from "../../src/lab/faults/types.ts";

const root = join(import.meta.dirname, "../..");
const pdc = join(root, "bin/pdc");
/** A busy machine takes its time; what the demo takes is measured in tests/bench. */
const timeout = 400_000;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "pdc-demo-test-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function run(args: string[], options = {}) {
  const env = {
    PDC_STATE_DIR: join(directory, "state"),
    PDC_CACHE_DIR: join(directory, "cache"),
    TMPDIR: directory,
  };
  return execa(pdc, args, { env, reject: false, ...options });
}

interface DemoData {
  attention: { id: string; state: string; why: string; devicesCutOff: number }[];
  agencies: { id: string; state: string; why: string }[];
  pages: string[];
  kept: { directory: string };
}

test.each([3, 8])("seed %i: the report names what went wrong, and only that", { timeout }, async (seed) => {
  const { stdout, stderr, exitCode } = await run([
    "demo",
    "--seed",
    String(seed),
    "--keep",
    "--json",
    "--lang",
    "en",
  ]);
  expect(stderr).toContain("a bad morning begins");
  expect(exitCode).toBe(0);
  const { data } = JSON.parse(stdout) as { data: DemoData };
  try {
    const truth = JSON.parse(await readFile(join(data.kept.directory, "truth.json"), "utf8")) as Fault[];
    expect(truth).toHaveLength(7);
    for (const fault of truth) expectTold(fault, data);
    const { links } = await loadInventory(join(root, "inventory/quang-binh"));
    const causes = truth.flatMap((fault) => causesOf(fault, links.values()));
    expect(data.attention.map(({ id }) => id).filter((id) => !causes.includes(id))).toEqual([]);
    const page = await readFile(data.pages[0]!, "utf8");
    expect(page).toContain("<!doctype html>");
    for (const { id } of data.attention) expect(page).toContain(nameIn(data, id));
  } finally {
    const down = await run(["lab", "down", "--dir", data.kept.directory]);
    expect(down.stdout).toContain("Stopped");
  }
});

/** Subjects that are rightly told for a fault: what it is about, and the links that end there. */
function causesOf(fault: Fault, links: Iterable<Link>): string[] {
  switch (fault.kind) {
    case "link-cut":
      return [fault.link];
    case "on-backup":
      return [fault.primary, fault.backup];
    default: {
      const { device } = fault;
      const ending = [...links].filter(({ a, b }) => a.device === device || b.device === device);
      return [device, ...ending.map(({ id }) => id)];
    }
  }
}

function nameIn({ attention }: DemoData, id: string): string {
  const { name } = attention.find((row) => row.id === id) as unknown as { name: string };
  return name;
}

function expectTold(fault: Fault, { attention, agencies }: DemoData): void {
  const cause = (id: string) => attention.find((row) => row.id === id);
  const agency = (id: string) => agencies.find((row) => row.id === id);
  switch (fault.kind) {
    case "router-reboot":
      expect(cause(fault.device)).toMatchObject({
        state: "degraded",
        why: expect.stringContaining("restarted"),
      });
      return;
    case "link-cut":
      expect(cause(fault.link)).toMatchObject({ state: "down" });
      expect(cause(fault.link)?.devicesCutOff).toBe(fault.cutOff.length);
      expect(fault.agencies.map((id) => agency(id)?.state)).toContain("unreachable");
      return;
    case "on-backup":
      expect(cause(fault.primary)).toMatchObject({
        state: "down",
        why: expect.stringContaining(fault.backup),
      });
      expect(agency(fault.agency)).toMatchObject({ state: "degraded" });
      return;
    case "duplex-errors":
      expect(cause(fault.device)).toMatchObject({
        state: "degraded",
        why: expect.stringContaining("duplex mismatch"),
      });
      return;
    case "ups-on-battery":
      expect(cause(fault.device)).toMatchObject({
        state: "degraded",
        why: expect.stringContaining("on battery"),
      });
      return;
    case "disk-full":
      expect(cause(fault.device)).toMatchObject({ state: "degraded", why: expect.stringContaining("full") });
      return;
    case "garbage":
      expect(cause(fault.device)).toMatchObject({
        state: "unknown",
        why: expect.stringContaining("cannot be decoded"),
      });
  }
}

test("Ctrl-C ends it with 130, and no process and no file of it is left", { timeout }, async () => {
  const demo = run(["demo"]);
  await labIsUp(demo);
  demo.kill("SIGINT");
  const { exitCode } = await demo;
  expect(exitCode).toBe(130);
  expect(readdirSync(directory).filter((name) => name.startsWith("pdc-demo-"))).toEqual([]);
  expect(processesIn(directory)).toEqual([]);
});

test("Ctrl-C of a terminal, which its agents get too, is no bug", { timeout }, async () => {
  const demo = run(["demo"], { detached: true });
  const isStarting = Promise.withResolvers<void>();
  demo.stderr!.on("data", (text) => String(text).includes("starting a simulated") && isStarting.resolve());
  await Promise.race([isStarting.promise, demo]);
  process.kill(-demo.pid!, "SIGINT");
  const { exitCode, stderr } = await demo;
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/error: interrupted$/);
  expect(processesIn(directory)).toEqual([]);
});

test("a reader that goes away ends it, and no process of it is left", { timeout }, async () => {
  const demo = run(["demo", "--lang", "en"]);
  await labIsUp(demo);
  demo.stdout!.destroy();
  demo.stderr!.destroy();
  await demo;
  expect(processesIn(directory)).toEqual([]);
});

/** Until the demo says that its agents answer. */
async function labIsUp(demo: ReturnType<typeof run>): Promise<void> {
  const isUp = Promise.withResolvers<void>();
  demo.stderr!.on("data", (text) => String(text).includes("agents of") && isUp.resolve());
  await Promise.race([isUp.promise, demo]);
}

/** Processes that were started with our directory in their environment (Linux). */
function processesIn(marker: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, "utf8").includes(marker);
      } catch {
        return false;
      }
    });
}
