// T2 (stale locks), T3 (two at once): who may change a stack, and who no longer may.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Journal } from "../../../src/engine/state/journal.ts";
import { StackPaths } from "../../../src/engine/state/layout.ts";
import { HEARTBEAT_MS, LEASE_MS, Lease, listLocks, type TakeOver } from "../../../src/engine/state/lock.ts";
import { ownIdentity } from "../../../src/engine/state/process-identity.ts";
import { engineOn, targetOf } from "../crash/thirty.ts";

let backend: string;
let paths: StackPaths;
let told: string[];
const children: ChildProcess[] = [];

beforeEach(() => {
  backend = mkdtempSync(join(tmpdir(), "pdc-lock-"));
  paths = new StackPaths(backend, { project: "p", stack: "dev" });
  told = [];
});

afterEach(() => {
  vi.useRealTimers();
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(backend, { recursive: true, force: true });
});

const take = (takeOver: TakeOver = "dead-owner") =>
  Lease.take(paths, takeOver, (message) => told.push(message));

async function holder(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "holder.ts"), backend, "p", "dev"]);
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (data: Buffer) => {
      if (data.toString().includes("holds")) resolve();
    });
    child.stderr.on("data", (data: Buffer) => reject(new Error(data.toString())));
  });
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

function standing(content: unknown, ageMs = 0): string {
  mkdirSync(paths.locks, { recursive: true });
  const file = join(paths.locks, "11111111-2222-4333-8444-555555555555.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  const then = new Date(Date.now() - ageMs);
  utimesSync(file, then, then);
  return file;
}

/** A pid that no process has. */
const deadPid = () => spawnSync("true").pid;

const cliLock = (more: object) => ({
  pid: process.pid,
  username: "lan",
  hostname: hostname(),
  timestamp: "2020-01-15T08:00:00Z",
  ...more,
});
const leased = (owner: object) => ({
  ...cliLock(owner),
  lease: { token: 5, owner: { ...ownIdentity(), ...owner }, leaseMs: LEASE_MS },
});

const refused = { code: "stack-locked", exitCode: 25 };

describe("T2: locks that stand", () => {
  test("a live owner refuses, and it is said who and since when", async () => {
    const child = await holder();
    const error = await take().catch((reason: Error & { fix?: string }) => reason);
    expect(error).toMatchObject(refused);
    const [lock] = await listLocks(paths);
    expect((error as { fix: string }).fix).toContain(`pid ${child.pid}`);
    expect((error as { fix: string }).fix).toContain(`@${hostname()}`);
    expect((error as { fix: string }).fix).toContain(lock!.timestamp);
    expect((error as { fix: string }).fix).toContain(lock!.id);
  });

  test("an owner that was killed is taken over, with a message", async () => {
    const child = await holder();
    await killed(child);
    const [before] = await listLocks(paths);
    const lease = await take();
    expect(told).toEqual([expect.stringMatching(new RegExp(`owner is gone: .*pid ${child.pid}`))]);
    expect(lease.token).toBeGreaterThan(before!.lease!.token);
    await lease.release();
    expect(readdirSync(paths.locks)).toEqual([]);
  });

  test("a pid that now is another process's is a dead owner", async () => {
    standing(leased({ startTicks: "1" }));
    await (await take()).release();
    expect(told).toHaveLength(1);
  });

  test("what was locked before the last boot is a dead owner's", async () => {
    standing(leased({ bootId: "00000000-0000-0000-0000-000000000000" }));
    await (await take()).release();
    expect(told).toHaveLength(1);
  });

  test("another host's lease refuses while it is renewed, and is taken over when it ran out", async () => {
    const file = standing(leased({ hostname: "elsewhere" }), LEASE_MS / 2);
    await expect(take()).rejects.toMatchObject(refused);
    const old = new Date(Date.now() - 2 * LEASE_MS);
    utimesSync(file, old, old);
    await (await take()).release();
    expect(told[0]).toContain("lan@elsewhere");
  });

  test("a lock of the CLI, without a lease: taken over only when its process is dead on this host", async () => {
    standing(cliLock({}), 10 * LEASE_MS);
    await expect(take()).rejects.toMatchObject(refused);
    standing(cliLock({ hostname: "elsewhere", pid: deadPid() }), 10 * LEASE_MS);
    await expect(take()).rejects.toMatchObject(refused);
    standing(cliLock({ pid: deadPid() }));
    await (await take()).release();
    expect(told).toHaveLength(1);
  });

  test.each(["", '{"pid": 12', "[]", "null", '{"pid":"x"}'])(
    "a damaged lock %j is somebody's",
    async (text) => {
      const file = standing(text, 10 * LEASE_MS);
      await expect(take()).rejects.toMatchObject(refused);
      expect(readFileSync(file, "utf8")).toBe(text);
    },
  );

  test("cancel never removes a live lock, unless it is named", async () => {
    const engine = engineOn(backend);
    await engine.init(targetOf(1));
    paths = new StackPaths(join(backend, "state"), { project: "crash", stack: "dev" });
    standing(cliLock({}));
    await expect(engine.cancel(targetOf(1))).rejects.toMatchObject(refused);
    await expect(engine.cancel(targetOf(1), { lockId: "another" })).rejects.toMatchObject(refused);
    const [lock] = await listLocks(paths);
    expect(await engine.cancel(targetOf(1), { lockId: lock!.id })).toEqual([
      expect.stringContaining(`removed the lock ${lock!.id}`),
    ]);
    expect(readdirSync(paths.locks)).toEqual([]);
  });
});

describe("a lease", () => {
  test("is renewed by a heartbeat, which ends with it", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const lease = await take();
    const file = join(paths.locks, readdirSync(paths.locks)[0]!);
    const old = new Date(0);
    utimesSync(file, old, old);
    vi.advanceTimersByTime(HEARTBEAT_MS);
    await vi.waitFor(() => expect(statSync(file).mtimeMs).toBeGreaterThan(0));
    expect(HEARTBEAT_MS).toBeLessThan(LEASE_MS / 2);
    await lease.release();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is in the CLI's own format, so that the CLI refuses, and only its owner may read it", async () => {
    const lease = await take();
    const file = join(paths.locks, readdirSync(paths.locks)[0]!);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      pid: process.pid,
      username: expect.any(String),
      hostname: hostname(),
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await lease.release();
  });

  test("that was taken away writes nothing more, and takes nothing away", async () => {
    const lease = await take();
    const header = { journal: 1 as const, stack: "s", base: "", token: lease.token };
    const journal = await Journal.create(paths.journal, header, () => lease.check());
    await journal.append({ forgetsPending: true });
    const written = readFileSync(paths.journal, "utf8");
    rmSync(join(paths.locks, readdirSync(paths.locks)[0]!));
    // Even one of the same name is another's.
    await expect(journal.append({ forgetsPending: true })).rejects.toMatchObject({
      code: "lease-lost",
      exitCode: 25,
    });
    await expect(journal.append({ forgetsPending: true })).rejects.toMatchObject({ code: "lease-lost" });
    await expect(journal.fold("x")).rejects.toMatchObject({ code: "lease-lost" });
    await journal.close();
    expect(readFileSync(paths.journal, "utf8")).toBe(written);
    rmSync(paths.journal);
    const next = await take();
    await lease.release();
    expect(readdirSync(paths.locks)).toHaveLength(1);
    await next.release();
  });

  test("stays as a lock while a journal is not folded, and does not keep us out", async () => {
    const lease = await take();
    mkdirSync(join(paths.journal, ".."), { recursive: true });
    writeFileSync(paths.journal, "");
    await lease.release();
    expect(readdirSync(paths.locks)).toHaveLength(1);
    rmSync(paths.journal);
    await (await take()).release();
    expect(readdirSync(paths.locks)).toEqual([]);
  });
});

describe("T3: two at the same instant", () => {
  test("of two takers never both win (100 times)", async () => {
    let winners = 0;
    for (let round = 0; round < 100; round++) {
      const both = await Promise.allSettled([take(), take()]);
      const won = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(won.length).toBeLessThanOrEqual(1);
      for (const lost of both) if (lost.status === "rejected") expect(lost.reason).toMatchObject(refused);
      winners += won.length;
      for (const lease of won) await lease.release();
      expect(readdirSync(paths.locks)).toEqual([]);
    }
    expect(winners).toBeGreaterThan(0);
  });

  test("two updates: at most one runs, the state is that of one", { timeout: 120_000 }, async () => {
    await engineOn(backend).init(targetOf(1));
    for (let round = 0; round < 10; round++) {
      const both = await Promise.allSettled([
        engineOn(backend).up(targetOf(1)).result,
        engineOn(backend).up(targetOf(1)).result,
      ]);
      const ran = both.flatMap((one) => (one.status === "fulfilled" ? [one.value.result] : []));
      expect(ran.length).toBeLessThanOrEqual(1);
      expect(ran.every((result) => result === "succeeded")).toBe(true);
      for (const lost of both) if (lost.status === "rejected") expect(lost.reason).toMatchObject(refused);
    }
    expect((await engineOn(backend).up(targetOf(1)).result).result).toBe("succeeded");
    const calls = readFileSync(join(backend, "cloud/calls.log"), "utf8").split("\n").filter(Boolean);
    expect(new Set(calls).size).toBe(calls.length);
  });
});
