import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const timeout = 200_000;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pdc-lab-"));
});
afterAll(async () => {
  await lab("down");
  await rm(directory, { recursive: true, force: true });
});

function lab(verb: string, ...args: string[]) {
  const env = { PDC_STATE_DIR: directory, PDC_CACHE_DIR: join(directory, "cache") };
  return execa(join(root, "bin/pdc"), ["lab", verb, ...args], { env, reject: false, cwd: root });
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

test("a lab is started, asked, given a bad morning and stopped from four command lines", {
  timeout,
}, async () => {
  expect((await lab("status")).exitCode).toBe(23);

  const up = await lab("up", "--json");
  expect(up.exitCode).toBe(0);
  const { data } = JSON.parse(up.stdout);
  expect(data).toMatchObject({ devices: 512, missing: [], faults: [] });
  expect(existsSync(join(data.inventoryDirectory, "province.yaml"))).toBe(true);

  const again = await lab("up", "--faults", "5", "--json");
  expect(again.stderr).toContain("running already");
  expect(JSON.parse(again.stdout).data.processId).toBe(data.processId);
  const { stdout } = await lab("status", "--json");
  expect(JSON.parse(stdout).data.faults).toHaveLength(7);

  const other = await lab("up", "--inventory", data.inventoryDirectory);
  expect(other.exitCode).toBe(25);
  expect(other.stderr).toContain("pdc lab down");

  const down = await lab("down");
  expect(down.stdout).toContain("Stopped 512 devices");
  expect(isAlive(data.processId)).toBe(false);
  expect(existsSync(data.inventoryDirectory)).toBe(false);
  expect((await lab("down")).stdout).toContain("No lab ran");
});

test("a lab that cannot be is refused, and nothing of it stays", { timeout }, async () => {
  const missing = await lab("up", "--inventory", join(directory, "nowhere"));
  expect(missing.exitCode).toBe(22);
  const deep = await lab("up", "--dir", join(directory, "d".repeat(120)));
  expect(deep.exitCode).toBe(22);
  expect(deep.stderr).toContain("shorter path");
});
