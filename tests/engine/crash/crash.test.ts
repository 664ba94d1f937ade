// An update of thirty resources is killed at every entry of its journal, by SIGKILL, in a process of its own. What
// it said it had done is in the state, and from there the next `up` as well as the next `refresh` goes on.
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Operation } from "../../../src/engine/interface/events.ts";
import { DiskCloud } from "./disk-cloud.ts";
import { engineOn, resourcesOf, targetOf } from "./thirty.ts";

const child = join(import.meta.dirname, "child.ts");
const AT_ONCE = 2;

interface Told {
  op?: Operation;
  urn?: string;
  id?: string;
  result?: string;
  writes?: number;
}

interface State {
  resources: { urn: string; id?: string; type: string; delete?: boolean }[];
  pending_operations?: { type: string; resource: { urn: string } }[];
}

function runChild(directory: string, ...args: string[]): Promise<{ signal: string | null; told: Told[] }> {
  return new Promise((resolve) => {
    // The first one compiles for all: a process that is killed keeps nothing.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(root, "compiled") };
    const started = execFile(process.execPath, [child, directory, ...args], { env }, (_error, stdout) => {
      const told = stdout.split("\n").filter(Boolean);
      resolve({ signal: started.signalCode, told: told.map((line) => JSON.parse(line) as Told) });
    });
  });
}

let root: string;
let before: string;
let writes = 0;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pdc-crash-"));
  before = join(root, "before");
  await engineOn(before).init(targetOf(1));
  expect((await engineOn(before).up(targetOf(1)).result).result).toBe("succeeded");
  const whole = join(root, "whole");
  cpSync(before, whole, { recursive: true });
  const { told } = await runChild(whole, "2", "none");
  expect(told.at(-1)).toMatchObject({ result: "succeeded" });
  writes = told.at(-1)!.writes!;
}, 60_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

const stateOf = async (directory: string): Promise<State> =>
  (JSON.parse(await engineOn(directory).export(targetOf(2))) as { deployment: State }).deployment;

const things = (state: State) => state.resources.filter(({ type }) => type === "disk:index:Thing");
const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

async function succeeds(running: ReturnType<ReturnType<typeof engineOn>["up"]>): Promise<void> {
  const errors: string[] = [];
  for await (const { diagnosticEvent } of running) {
    if (diagnosticEvent?.severity === "error") errors.push(diagnosticEvent.message);
  }
  expect(errors).toEqual([]);
  expect((await running.result).result).toBe("succeeded");
}

/** The second version stands, and nothing is left to do. */
async function isDone(directory: string): Promise<State> {
  await succeeds(engineOn(directory).preview(targetOf(2), { expectNoChanges: true }));
  const state = await stateOf(directory);
  const wanted = resourcesOf(2).map(({ name }) => name);
  expect(
    things(state)
      .map(({ urn }) => nameOf(urn))
      .sort(),
  ).toEqual(wanted);
  return state;
}

function expectAcknowledged(state: State, told: readonly Told[]): void {
  for (const { op, urn, id } of told) {
    const live = things(state).find((resource) => resource.urn === urn && !resource.delete);
    if (op === "create" || op === "create-replacement") expect(live?.id, `${op} ${urn}`).toBe(id);
    if (op === "update") expect(live?.id, `${op} ${urn}`).toBe(id);
    if (op === "delete") expect(live, `${op} ${urn}`).toBeUndefined();
  }
}

async function killedAt(write: number, how: "after" | "torn", parallel = "1"): Promise<void> {
  const directory = join(root, `${how}-${write}-${parallel}`);
  cpSync(before, directory, { recursive: true });
  const { signal, told } = await runChild(directory, "2", String(write), how, parallel);
  expect(signal).toBe("SIGKILL");

  // The CLI finds a lock while the journal is not folded.
  const internals = join(directory, "state/.pulumi");
  expect(existsSync(join(internals, "journals/crash/dev/journal.jsonl"))).toBe(true);
  expect(readdirSync(join(internals, "locks/organization/crash/dev"))).toHaveLength(1);

  const crashed = await stateOf(directory);
  expectAcknowledged(crashed, told);
  const pending = (crashed.pending_operations ?? []).filter(({ type }) => type === "creating");
  const open = pending.map(({ resource }) => resource.urn);
  const known = new Set(things(crashed).map(({ id }) => id));
  const lost = new DiskCloud(join(directory, "cloud")).ids.filter((id) => !known.has(id));
  // Whatever was made and is not in the state is named as interrupted.
  expect(lost.every((id) => open.some((urn) => id.startsWith(`${nameOf(urn)}-`)))).toBe(true);

  const goesOn = join(root, `${how}-${write}-${parallel}-up`);
  cpSync(directory, goesOn, { recursive: true });
  await succeeds(engineOn(goesOn).up(targetOf(2)));
  const state = await isDone(goesOn);
  const held = new Set(things(state).map(({ id }) => id));
  expect(new DiskCloud(join(goesOn, "cloud")).ids.filter((id) => !held.has(id))).toEqual(lost);

  // Somebody looked which of the interrupted creations had happened, and says so.
  const found = Object.fromEntries(
    lost.map((id) => [open.find((urn) => id.startsWith(`${nameOf(urn)}-`))!, id]),
  );
  await succeeds(
    engineOn(directory).refresh(targetOf(2), { importPendingCreates: found, clearPendingCreates: true }),
  );
  expect((await stateOf(directory)).pending_operations ?? []).toEqual([]);
  await succeeds(engineOn(directory).up(targetOf(2)));
  const repaired = new Set(things(await isDone(directory)).map(({ id }) => id));
  expect(new DiskCloud(join(directory, "cloud")).ids).toEqual([...repaired].sort());
  for (const used of [directory, goesOn]) rmSync(used, { recursive: true, force: true });
}

async function all(kills: (() => Promise<void>)[]): Promise<void> {
  const left = [...kills];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) await next();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const upTo = (count: number, step = 1) =>
  Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);

describe("T1: kill -9 in the middle of an update", () => {
  test("after every entry of the journal", { timeout: 900_000 }, async () => {
    expect(writes).toBeGreaterThan(60);
    // The last one folds the journal.
    await all(upTo(writes).map((write) => () => killedAt(write, "after")));
  });

  test("in the middle of an entry: the torn one was not acknowledged", { timeout: 900_000 }, async () => {
    await all(upTo(writes, 6).map((write) => () => killedAt(write + 1, "torn")));
  });

  test("with sixteen resources under way", { timeout: 900_000 }, async () => {
    await all([2, 5, 9, 14].map((write) => () => killedAt(write, "after", "16")));
  });
});
