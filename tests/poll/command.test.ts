/** `pdc poll` as a user runs it, against agents on loopback. */
import { type ChildProcess, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type StartedAgent, startAgent } from "../../src/lab/agent/start-agent.ts";
import { ratesBetween } from "../../src/samples/rates.ts";
import type { DeviceSample } from "../../src/samples/types.ts";
import { openStore } from "../../src/store/open-store.ts";
import { type Ended, pdc, startPdc } from "../acceptance/run-pdc.ts";
import { ninetyValues } from "../bench/ninety-values.ts";
import { type Center, type CenterDevice, makeCenter, recording } from "./center.ts";

const families = ["cisco-ios", "linux-net-snmp", "mikrotik-routeros"];
const agents = new Map<string, StartedAgent>();
/** Nobody listens on the discard port of loopback. */
const dead: CenterDevice = { id: "dead", address: "127.0.0.1", port: 9, timeoutMs: 200, retries: 1 };

beforeAll(async () => {
  for (const family of families) agents.set(family, await startAgent(recording(family), { moving: true }));
});
afterAll(async () => {
  for (const agent of agents.values()) await agent.stop();
});

const living = (): CenterDevice[] =>
  [...agents].map(([id, { address, port }]) => ({
    id,
    address,
    port,
    ...(id === "mikrotik-routeros" && { site: "site-b" }),
  }));

function center(devices: readonly CenterDevice[]): Center {
  const made = makeCenter(devices);
  onTestFinished(() => made.dispose());
  return made;
}

const environment = ({ inventoryDirectory, stateDirectory }: Center) => ({
  PDC_INVENTORY: inventoryDirectory,
  PDC_STATE_DIR: stateDirectory,
  PDC_CACHE_DIR: join(stateDirectory, "cache"),
});

/** The agents live in this process, so the command runs beside it, not instead of it. */
async function poll(place: Center, ...flags: string[]): Promise<Ended> {
  return ended(startPdc(["poll", ...flags], environment(place)));
}

function ended(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, stdout, stderr })));
}

function stored(place: Center): DeviceSample[] {
  const store = openStore(place.storePath, { mode: "read" });
  try {
    return [...store.range({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })];
  } finally {
    store.close();
  }
}

describe("once", () => {
  test("every device answers: 0, a summary, and its samples in the store", async () => {
    const place = center(living());
    const { status, stdout, stderr } = await poll(place, "--json");
    expect(status, stderr).toBe(0);
    const envelope = JSON.parse(stdout);
    expect(envelope).toMatchObject({
      schema: "pdc.poll/1",
      ok: true,
      exitCode: 0,
      data: { devices: 3, outcomes: { complete: 3 }, kept: 3, lost: 0, troubles: [] },
    });
    expect(envelope.data.values).toBeGreaterThan(30);
    const samples = stored(place);
    expect(samples.map(({ device, outcome }) => [device, outcome])).toEqual(
      families.map((family) => [family, "complete"]),
    );
    expect(samples.map(({ system }) => system?.family)).toEqual(families);
    for (const sample of samples) {
      expect(sample.reachability).toMatchObject({ method: "snmp", sent: 3, received: 3 });
      expect(sample.components.length).toBeGreaterThan(3);
    }
  });

  test("some do not: 21, which and why, and the others are there", async () => {
    const place = center([...living(), dead]);
    const { status, stdout, stderr } = await poll(place, "--output", "table");
    expect(status).toBe(21);
    expect(stdout).toMatch(/DEVICES +COMPLETE/);
    expect(stderr).toMatch(/error: dead: no answer: .*127\.0\.0\.1/);
    expect(stderr).not.toContain("public");
    expect(
      stored(place)
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual(["complete", "complete", "complete", "no-answer"]);
  });

  test("none does: 23", async () => {
    expect((await poll(center([dead]))).status).toBe(23);
  });

  test("all refuse the credentials: 24", async () => {
    const agent = await startAgent(recording("cisco-ios"), {
      credential: { version: "3", user: "reader", auth: { protocol: "sha256", password: "right-password" } },
    });
    onTestFinished(() => agent.stop());
    const place = center([{ id: "strict", address: agent.address, port: agent.port, credential: "v3" }]);
    const secretFile = join(place.inventoryDirectory, "..", "password");
    writeFileSync(secretFile, "wrong-password", { mode: 0o600 });
    const auth = { protocol: "sha256", password: { file: secretFile } };
    writeFileSync(
      join(place.inventoryDirectory, "credentials", "v3.yaml"),
      JSON.stringify([{ id: "v3", kind: "snmp-v3", user: "reader", auth }]),
    );
    const { status, stdout, stderr } = await poll(place, "--json");
    expect(status, stderr).toBe(24);
    expect(JSON.parse(stdout).data.troubles[0]).toMatchObject({
      device: "strict",
      outcome: "unauthenticated",
    });
    expect(stdout + stderr).not.toContain("wrong-password");
  });

  test("only what is asked for", async () => {
    const place = center(living());
    const devicesOf = async (...flags: string[]) => {
      const { stdout } = await poll(place, "--json", ...flags);
      return JSON.parse(stdout).data.devices;
    };
    expect(await devicesOf("--device", "cisco-ios", "-t", "linux-net-snmp")).toBe(2);
    expect(await devicesOf("--agency", "agency-b")).toBe(1);
    expect((await devicesOf("--shard", "1/2")) + (await devicesOf("--shard", "2/2"))).toBe(3);
    expect((await poll(place, "--device", "cisco-iso")).stderr).toContain("cisco-ios");
  });

  test.each([
    [["--shard", "3/2"], 2],
    [["--every", "1s"], 2],
    [["--deadline", "soon"], 2],
    [["--device", "nobody"], 2],
    [["--driver", "telepathy"], 2],
    [["--once", "--every", "60s"], 2],
  ])("%j is refused before a packet is sent", (flags, status) => {
    const place = center([dead]);
    const result = pdc(["poll", ...flags], { env: environment(place) });
    expect(result.status, result.stderr).toBe(status);
    expect(result.stderr).toMatch(/error/i);
  });

  test("what is not done when the time is up is recorded as skipped", async () => {
    const place = center([...living(), { ...dead, timeoutMs: 5000 }]);
    const { status } = await poll(place, "--deadline", "4s");
    expect(status).toBe(21);
    expect(stored(place).find(({ device }) => device === "dead")).toMatchObject({
      outcome: "skipped",
      error: { code: "deadline" },
    });
  });
});

describe("counters of real cycles", () => {
  test("become rates, and a restart in between a gap", async () => {
    const agent = await startAgent(ninetyValues(), { moving: true });
    onTestFinished(() => agent.stop());
    const place = center([{ id: "switch", address: agent.address, port: agent.port }]);
    await poll(place);
    await poll(place);
    agent.setFault({ kind: "reboot" });
    await poll(place);
    const [first, second, third] = stored(place) as [DeviceSample, DeviceSample, DeviceSample];
    const octets = (before: DeviceSample, after: DeviceSample) =>
      ratesBetween(before, after)
        .rates.filter((component) => component.class === "interface")
        .flatMap(({ rates }) => (rates.inOctets ? [rates.inOctets] : []));
    expect(octets(first, second).length).toBeGreaterThan(0);
    expect(octets(first, second).some((rate) => "perSecond" in rate && rate.perSecond > 0)).toBe(true);
    for (const rate of octets(second, third)) expect(rate).toEqual({ gap: "reboot" });
  });
});

describe("as a service", () => {
  /** Resolves when stdout has so many lines. */
  function lines(child: ChildProcess, count: number): Promise<string[]> {
    return new Promise((resolve) => {
      let output = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const whole = output.split("\n").slice(0, -1);
        if (whole.length >= count) resolve(whole);
      });
    });
  }

  function service(place: Center, ...flags: string[]): ChildProcess {
    const child = startPdc(["poll", "--every", "5s", ...flags], environment(place));
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  }

  test("it keeps its clock, tells a line per cycle, and ends on SIGTERM with all committed", {
    timeout: 60_000,
  }, async () => {
    const place = center([...living(), dead]);
    const child = service(place, "--output", "ndjson");
    const end = ended(child);
    const cycles = (await lines(child, 3)).map((line) => JSON.parse(line));
    child.kill("SIGTERM");
    expect(await end).toMatchObject({ status: 143 });
    expect(cycles.map(({ number }) => number)).toEqual([1, 2, 3]);
    const grid = cycles.map(({ number, missed, report }, position) => ({
      at: report.beganAtMs,
      steps: position === 0 ? 0 : 1 + missed,
      number,
    }));
    for (let at = 1; at < grid.length; at += 1) {
      const expected = 5000 * (grid[at]?.steps ?? 0);
      expect(Math.abs((grid[at]?.at ?? 0) - (grid[at - 1]?.at ?? 0) - expected)).toBeLessThan(2500);
    }
    expect(stored(place).length).toBeGreaterThanOrEqual(12);
    // The lock is free again, and the next poller begins at once.
    expect((await poll(place)).status).toBe(21);
  });

  test("a second poller of the same store is refused with the first's pid", { timeout: 60_000 }, async () => {
    const place = center(living());
    const child = service(place);
    await lines(child, 1);
    const { status, stderr } = pdc(["poll"], { env: environment(place) });
    expect(status).toBe(25);
    expect(stderr).toContain(`process ${child.pid}`);
    expect(pdc(["store", "status"], { env: environment(place) }).status).toBe(0);
  });

  test("kill -9 loses at most the cycle in flight", { timeout: 60_000 }, async () => {
    const place = center(living());
    const child = service(place);
    const end = ended(child);
    await lines(child, 2);
    child.kill("SIGKILL");
    await end;
    expect(stored(place).length).toBeGreaterThanOrEqual(6);
    expect((await poll(place)).status).toBe(0);
  });

  test("SIGHUP reads the inventory again, a broken one changes nothing", { timeout: 60_000 }, async () => {
    const place = center(living());
    const child = service(place);
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    await lines(child, 1);
    place.write([...living().slice(0, 2)]);
    child.kill("SIGHUP");
    const [, second] = await lines(child, 1).then(async (first) => [first, await lines(child, 1)]);
    expect([...(second ?? [])].join()).toMatch(/2 devices in|3 devices in/);
    await expect.poll(() => stderr, { timeout: 15_000 }).toContain("inventory read again: 2 devices");
    writeFileSync(join(place.inventoryDirectory, "devices", "broken.yaml"), "- id: [");
    child.kill("SIGHUP");
    await expect.poll(() => stderr, { timeout: 15_000 }).toContain("going on with the one before");
    expect((await lines(child, 1)).at(-1)).toContain("2 devices in");
  });
});

test("no secret is on a command line of the poller or what it starts", async () => {
  const place = center(living());
  const child = startPdc(["poll", "--every", "5s"], environment(place));
  onTestFinished(() => void child.kill("SIGKILL"));
  await new Promise((resolve) => child.stdout?.once("data", resolve));
  const { stdout } = spawnSync("ps", ["-eo", "pid,args"], { encoding: "utf8" });
  expect(stdout).toContain("poll --every 5s");
  expect(stdout.split("\n").filter((line) => line.includes("poll") && line.includes("public"))).toEqual([]);
});
