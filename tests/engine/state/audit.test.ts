// X2: the audit log: a line edited, deleted, cut off; two writers; kill -9 in the middle of a line; no room.
import { execFile, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readAuditChain } from "../../../src/engine/state/audit-chain.ts";
import { AuditLog } from "../../../src/engine/state/audit-log.ts";
import type { AuditRecord } from "../../../src/engine/state/audit-record.ts";
import { StackPaths } from "../../../src/engine/state/layout.ts";
import { R, World } from "../behaviour/world.ts";

let world: World;
let paths: StackPaths;
const warnings: string[] = [];
const writer = join(import.meta.dirname, "audit-writer.ts");

beforeEach(() => {
  warnings.length = 0;
  world = new World({ version: "1.2.3", warn: (message) => warnings.push(message) });
  paths = new StackPaths(join(world.directory, "state"), { project: "proj", stack: "dev" });
});
afterEach(() => world.remove());

const lines = () => readFileSync(paths.audit, "utf8").split("\n").slice(0, -1);
const put = (all: readonly string[]) => writeFileSync(paths.audit, all.map((line) => `${line}\n`).join(""));
const records = async () => (await readAuditChain(paths)).records;
const fault = async () => (await readAuditChain(paths)).fault;
const said = ({ operation, phase, result }: AuditRecord) =>
  [operation, phase, result].filter(Boolean).join(" ");

describe("X2: what is recorded", () => {
  test("X2: every operation, with its end, its counts and who did it; no secret", async () => {
    const secret = "s3cr3t-canary";
    await world.init();
    await world.up(() => void new R("a", { v: pulumi.secret(secret) }));
    await world.refresh();
    await world.engine.setConfig(world.target(), "token", { value: secret, secret: true });
    await world.engine.removeConfig(world.target(), "token");
    await world.engine.editState(world.target(), (snapshot) => snapshot);
    await world.engine.importState(world.target(), await world.engine.export(world.target()));
    await world.engine.cancel(world.target());
    world.faults = { "delete:a": "fail" };
    await world.destroy();
    await world.engine.remove(world.target(), { force: true });

    const all = await records();
    const outcomes: readonly (readonly [string, string])[] = [
      ["init", "succeeded"],
      ["up", "succeeded"],
      ["refresh", "succeeded"],
      ["config-set", "succeeded"],
      ["config-rm", "succeeded"],
      ["state-edit", "succeeded"],
      ["import-state", "succeeded"],
      ["cancel", "succeeded"],
      ["destroy", "failed"],
      ["rm", "succeeded"],
    ];
    expect(all.map(said)).toEqual(
      outcomes.flatMap(([what, result]) => [`${what} begin`, `${what} end ${result}`]),
    );
    expect(all.find((record) => record.operation === "up" && record.phase === "end")?.changes).toEqual({
      create: 2,
    });
    expect(all.find(({ operation }) => operation === "config-set")?.detail).toBe("proj:token");
    for (const record of all) {
      expect(record).toMatchObject({ pid: process.pid, version: "1.2.3", stack: "organization/proj/dev" });
      expect(record.user).not.toBe("");
      expect(record.host).not.toBe("");
    }
    expect(readFileSync(paths.audit, "utf8")).not.toContain(secret);
    expect(statSync(paths.audit).mode & 0o777).toBe(0o600);
    expect(await fault()).toBeUndefined();
  });

  test("X2: a preview changes nothing and leaves no record; a lock taken over leaves one", async () => {
    await world.init();
    await world.preview(() => void new R("a"));
    expect((await records()).map(said)).toEqual(["init begin", "init end succeeded"]);
    const { stdout } = await promisify(execFile)(process.execPath, ["-p", "process.pid"]);
    const { hostname } = await import("node:os");
    const dead = {
      pid: Number(stdout),
      username: "eve",
      hostname: hostname(),
      timestamp: "2026-01-01T00:00:00Z",
    };
    mkdirSync(paths.locks, { recursive: true });
    writeFileSync(join(paths.locks, "00000000-0000-4000-8000-000000000000.json"), JSON.stringify(dead));
    await world.up(() => {});
    const took = (await records()).find(({ operation }) => operation === "take-over");
    expect(took?.detail).toContain(`eve@${hostname()} (pid ${dead.pid})`);
  });

  test("X2: what could not be recorded is not begun", async () => {
    await world.init();
    rmSync(paths.audit);
    mkdirSync(paths.audit);
    await expect(world.up(() => void new R("a"))).rejects.toMatchObject({
      code: "audit-write",
      message: expect.stringMatching(/nothing was begun: the audit log .* could not be written/),
    });
    expect(world.calls).toEqual([]);
  });

  test("X2: what was done stays done when its end could not be recorded, and is told", async () => {
    await world.init();
    const begun = Promise.withResolvers<void>();
    world.gates.set("create:a", begun.promise);
    const running = world.up(() => void new R("a"));
    while (!world.calls.includes("create a")) await new Promise((resolve) => setTimeout(resolve, 5));
    rmSync(paths.audit);
    mkdirSync(paths.audit);
    begun.resolve();
    const { result, warnings: told } = await running;
    expect(result).toBe("succeeded");
    expect(told).toEqual([
      expect.stringMatching(/^up: what was done stays done, but its end is not in the audit log/),
    ]);
    expect(await world.stored("a")).toBeDefined();
  });
});

describe("X2: where the chain breaks", () => {
  beforeEach(() => {
    const log = new AuditLog(paths, "1.2.3");
    for (let i = 1; i <= 6; i++)
      log.append({ operation: "config-set", phase: "begin", detail: `proj:key${i}` });
  });

  test("X2: whole", async () => {
    expect(await fault()).toBeUndefined();
    expect((await readAuditChain(paths)).head?.sequence).toBe(6);
  });

  test.each([1, 3, 6])("X2: record %i edited", async (sequence) => {
    const all = lines();
    all[sequence - 1] = all[sequence - 1]!.replace("proj:key", "proj:KEY");
    put(all);
    expect(await fault()).toMatchObject({ kind: "altered", sequence, line: sequence });
  });

  test.each([1, 3])("X2: record %i deleted", async (sequence) => {
    put(lines().toSpliced(sequence - 1, 1));
    expect(await fault()).toMatchObject({ kind: "missing", sequence, line: sequence });
  });

  test.each([1, 2, 6])("X2: the last %i cut off", async (count) => {
    put(lines().slice(0, 6 - count));
    expect(await fault()).toMatchObject({ sequence: 7 - count });
  });

  test("X2: cut off in the middle of a line", async () => {
    writeFileSync(paths.audit, readFileSync(paths.audit).subarray(0, -20));
    expect(await fault()).toMatchObject({ kind: "truncated", sequence: 6 });
  });

  test("X2: two records changed places", async () => {
    const all = lines();
    put([all[0]!, all[2]!, all[1]!, ...all.slice(3)]);
    expect(await fault()).toMatchObject({ kind: "missing", sequence: 2 });
  });

  test("X2: a record put in between, and one that is no record", async () => {
    const all = lines();
    put([...all.slice(0, 3), all[2]!, ...all.slice(3)]);
    expect(await fault()).toMatchObject({ kind: "altered", line: 4 });
    put([...all.slice(0, 3), "hello", ...all.slice(3)]);
    expect(await fault()).toMatchObject({ kind: "altered", sequence: 4, line: 4 });
  });

  test("X2: the log gone, or what says where it ends", async () => {
    const head = readFileSync(paths.auditHead);
    rmSync(paths.auditHead);
    expect(await fault()).toMatchObject({ kind: "head-missing", sequence: 6 });
    writeFileSync(paths.auditHead, head);
    rmSync(paths.audit);
    expect(await fault()).toMatchObject({ kind: "missing", sequence: 1 });
  });

  test("X2: operations go on after a break, which stays visible", async () => {
    put(lines().slice(0, 4));
    new AuditLog(paths, "1.2.3").append({ operation: "up", phase: "begin" });
    expect(await fault()).toMatchObject({ kind: "missing", sequence: 5 });
    expect((await records()).at(-1)).toMatchObject({ operation: "up", sequence: 7 });
  });

  test("X2: a torn tail is closed, named, and stays in the log", async () => {
    appendFileSync(paths.audit, '{"sequence":7,"time":"2026-');
    expect(await readAuditChain(paths)).toMatchObject({ fault: undefined, tornOctets: 27 });
    new AuditLog(paths, "1.2.3").append({ operation: "up", phase: "begin" });
    const chain = await readAuditChain(paths);
    expect(chain).toMatchObject({ fault: undefined, tornOctets: 0 });
    expect(chain.records.slice(-2)).toMatchObject([
      { sequence: 7, operation: "log-repair", tornOctets: 27 },
      { sequence: 8, operation: "up" },
    ]);
    expect(lines()[6]).toBe('{"sequence":7,"time":"2026-');
    put(lines().with(6, '{"sequence":7,"time":"2027-'));
    expect(await fault()).toMatchObject({ kind: "altered" });
  });
});

test("X2: a log that was written anew with its head does not hold the record that the state's seal names", async () => {
  await world.init();
  await world.up(() => {});
  expect(await fault()).toBeUndefined();
  const count = lines().length;
  rmSync(paths.audit);
  rmSync(paths.auditHead);
  const forged = new AuditLog(paths, "1.2.3");
  forged.append({ operation: "init", phase: "begin" });
  expect(await fault()).toMatchObject({ kind: "missing", sequence: count - 1 });
  for (let i = 1; i < count; i++) forged.append({ operation: "up", phase: "begin" });
  expect(await fault()).toMatchObject({ kind: "altered", sequence: count - 1 });
  // And whoever changes what the seal names breaks the seal.
  const seal = JSON.parse(readFileSync(paths.seal, "utf8"));
  seal.states[0].audit.sha256 = (await readAuditChain(paths)).head?.sha256;
  writeFileSync(paths.seal, JSON.stringify(seal));
  await expect(world.preview(() => {})).rejects.toMatchObject({ exitCode: 27 });
});

describe("X2: writers", () => {
  test("X2: four at once leave one chain, and nothing is lost", async () => {
    const run = () => promisify(execFile)(process.execPath, [writer, paths.root.slice(0, -8), "15"]);
    await Promise.all([run(), run(), run(), run()]);
    expect(await readAuditChain(paths)).toMatchObject({ fault: undefined });
    expect(await records()).toHaveLength(120);
  });

  test("X2: kill -9 at any moment leaves a log that goes on, and no lock", async () => {
    for (let round = 0; round < 5; round++) {
      const child = spawn(process.execPath, [writer, paths.root.slice(0, -8), "100000"], { stdio: "ignore" });
      const before = existsSync(paths.audit) ? statSync(paths.audit).size : 0;
      while (!existsSync(paths.audit) || statSync(paths.audit).size < before + 2_000 + 137 * round)
        await new Promise((resolve) => setTimeout(resolve, 2));
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("exit", resolve));
      new AuditLog(paths, "1.2.3").append({ operation: "cancel", phase: "begin" });
      expect(await fault()).toBeUndefined();
    }
    expect((await records()).filter(({ operation }) => operation === "cancel")).toHaveLength(5);
    expect(readdirSync(join(paths.audit, "..")).sort()).toEqual([
      "dev.head.attrs",
      "dev.jsonl.attrs",
      "dev.lock.attrs",
    ]);
  });
});
