// T5: a state changed behind the engine's back is caught: secrets swapped, a resource removed, the manifest emptied.
// What the CLI writes is taken.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { repair } from "../../../src/actions/stack/edit-deployment.ts";
import { StackPaths } from "../../../src/engine/state/layout.ts";
import { R, type StoredResource, World } from "../behaviour/world.ts";

let world: World;
let paths: StackPaths;
const [first, second] = ["first-canary", "second-canary"];

const program = () => {
  new R("a", { v: pulumi.secret(first) });
  new R("b", { v: pulumi.secret(second) });
};

beforeEach(async () => {
  world = await new World().init();
  await world.up(program);
  paths = new StackPaths(join(world.directory, "state"), { project: "proj", stack: "dev" });
});
afterEach(() => world.remove());

interface Latest {
  manifest: { magic: string; version: string };
  resources: (StoredResource & { inputs: { v: { ciphertext: string } } })[];
}

function tamper(change: (latest: Latest) => void): void {
  const json = JSON.parse(world.file) as { checkpoint: { latest: Latest } };
  change(json.checkpoint.latest);
  writeFileSync(paths.checkpoint, JSON.stringify(json));
}

const named = (latest: Latest, name: string) =>
  latest.resources.find(({ urn }) => urn.endsWith(`::${name}`))!;
const swap = (latest: Latest) => {
  const [a, b] = [named(latest, "a").inputs.v, named(latest, "b").inputs.v];
  [a.ciphertext, b.ciphertext] = [b.ciphertext, a.ciphertext];
};
const cut = (latest: Latest) => {
  latest.resources = latest.resources.filter(({ urn }) => !urn.endsWith("::b"));
};
const empty = ({ manifest }: Latest) => {
  manifest.magic = "";
  manifest.version = "";
};

const caught: readonly (readonly [string, (latest: Latest) => void, RegExp])[] = [
  ["two ciphertexts swapped", swap, /::a differs in inputs\.v; .*::b differs in inputs\.v/],
  ["a resource removed by hand", cut, /::b is gone/],
  ["the manifest emptied", empty, /the manifest differ/],
];

/** As the CLI leaves an operation: `pulumi up` of a program, seen from the files. */
function writeAsCli(change: (latest: Latest) => void, stamp = BigInt(Date.now() + 1_000) * 1_000_000n): void {
  tamper(change);
  const base = join(paths.history, `dev-${stamp}`);
  const entry = {
    kind: "update",
    startTime: 0,
    message: "",
    environment: { "exec.kind": "cli" },
    config: {},
    version: 0,
    result: "succeeded",
    endTime: 0,
    resourceChanges: {},
  };
  writeFileSync(`${base}.history.json`, JSON.stringify(entry));
  writeFileSync(`${base}.checkpoint.json`, world.file);
}

describe("T5: what is caught", () => {
  test.each(caught)("T5: %s", async (_, change, what) => {
    tamper(change);
    const before = world.file;
    world.calls.length = 0;
    const refusal = {
      exitCode: 27,
      message: expect.stringMatching(what),
      fix: expect.stringMatching(/import-state < .*; when .*state accept/),
    };
    await expect(world.up(program)).rejects.toMatchObject(refusal);
    await expect(world.preview(program)).rejects.toMatchObject(refusal);
    await expect(world.refresh()).rejects.toMatchObject(refusal);
    await expect(world.destroy()).rejects.toMatchObject(refusal);
    await expect(world.state()).rejects.toMatchObject(refusal);
    await expect(world.engine.outputs(world.target())).rejects.toMatchObject(refusal);
    await expect(world.engine.editState(world.target(), (snapshot) => snapshot)).rejects.toMatchObject(
      refusal,
    );
    expect(world.calls).toEqual([]);
    expect(world.file).toBe(before);
    const error = await world.up(program).catch((thrown: Error) => `${thrown.message} ${Object(thrown).fix}`);
    expect(error).not.toMatch(/canary/);
  });

  test("T5: the backup that the refusal names puts it right", async () => {
    tamper(cut);
    const { fix } = (await world.up(program).catch((error: { fix: string }) => error)) as { fix: string };
    const copy = /import-state < (\S+);/.exec(fix)![1]!;
    await world.engine.importState(world.target(), readFileSync(copy, "utf8"));
    expect((await world.up(program)).changes).toEqual({ same: 3 });
  });

  test("T5: a state of before is not taken for the present one", async () => {
    const old = world.file;
    await world.up(() => void new R("a", { v: "another" }));
    writeFileSync(paths.checkpoint, old);
    await expect(world.preview(program)).rejects.toMatchObject({ exitCode: 27 });
  });

  test("T5: a seal that was altered, or made for another stack, seals nothing", async () => {
    const seal = readFileSync(paths.seal, "utf8");
    for (const other of [
      "{}",
      "not json",
      seal.replace(/"mac":"./, '"mac":"x'),
      '{"seal":1,"states":[null]}',
    ]) {
      writeFileSync(paths.seal, other);
      await expect(world.preview(program)).rejects.toMatchObject({
        exitCode: 27,
        message: expect.stringMatching(/another passphrase or was altered/),
      });
    }
    mkdirSync(join(paths.seal, ".."), { recursive: true });
    const twin = new StackPaths(join(world.directory, "state"), { project: "proj", stack: "twin" });
    writeFileSync(twin.checkpoint, world.file);
    writeFileSync(twin.seal, seal);
    await expect(world.engine.export(world.target(undefined, "twin"))).rejects.toMatchObject({
      exitCode: 27,
    });
  });
});

describe("T5: what is taken", () => {
  test("T5: a stack that has no seal yet; it has one afterwards", async () => {
    rmSync(paths.seal);
    tamper(empty);
    expect((await world.up(program)).changes).toEqual({ same: 3 });
    expect(statSync(paths.seal).mode & 0o777).toBe(0o600);
    tamper(empty);
    await expect(world.preview(program)).rejects.toMatchObject({ exitCode: 27 });
  });

  test("T5: what the CLI wrote after us, with a note, and sealed anew", async () => {
    writeAsCli(empty);
    const preview = await world.preview(program);
    expect(preview.warnings).toEqual([expect.stringMatching(/^the Pulumi CLI changed this stack/)]);
    const { changes, warnings } = await world.up(program);
    expect([changes, warnings.length]).toEqual([{ same: 3 }, 1]);
    expect((await world.up(program)).warnings).toEqual([]);
    tamper(cut);
    await expect(world.preview(program)).rejects.toMatchObject({ exitCode: 27 });
  });

  test("T5: not what was changed after the CLI, nor an old operation of the CLI", async () => {
    writeAsCli(empty);
    tamper(cut);
    await expect(world.preview(program)).rejects.toMatchObject({ exitCode: 27 });
    rmSync(paths.history, { recursive: true });
    mkdirSync(paths.history);
    writeAsCli(cut, BigInt(Date.now() - 3_600_000) * 1_000_000n);
    await expect(world.preview(program)).rejects.toMatchObject({ exitCode: 27 });
  });

  test("T5: what a person accepted; what was declined stays refused", async () => {
    tamper(cut);
    const asked: string[] = [];
    const answer = (agreed: boolean) => async (lines: readonly string[]) => {
      asked.push(...lines);
      return agreed;
    };
    expect(await world.engine.acceptState(world.target(), answer(false))).toBeUndefined();
    await expect(world.preview(program)).rejects.toMatchObject({ exitCode: 27 });
    expect(await world.engine.acceptState(world.target(), answer(true))).toEqual([
      expect.stringMatching(/::b is gone/),
    ]);
    expect(asked).toHaveLength(2);
    expect((await world.preview(program)).changes).toEqual({ create: 1, same: 2 });
    expect(await world.engine.acceptState(world.target(), answer(true))).toEqual([]);
    const accepts = (await world.engine.audit(world.target())).records.filter(
      ({ operation }) => operation === "state-accept",
    );
    expect(accepts.map(({ phase, result }) => result ?? phase)).toEqual([
      "begin",
      "canceled",
      "begin",
      "succeeded",
      "begin",
      "succeeded",
    ]);
  });

  test("T5: a state that does not hold together is accepted first, then repaired, and the log says so", async () => {
    const child = () => void new R("child", {}, { parent: new R("parent") });
    await world.up(child);
    tamper((latest) => {
      latest.resources = latest.resources.filter(({ urn }) => !urn.endsWith("::parent"));
    });
    await expect(world.state()).rejects.toMatchObject({
      exitCode: 27,
      fix: expect.stringMatching(/state repair/),
    });
    await world.engine.acceptState(world.target(), async () => true);
    const text = await world.engine.export(world.target(), { unverified: true });
    const { deployment, changes: edits } = repair(text);
    await world.engine.importState(world.target(), deployment, { edits });
    expect((await world.preview(child)).result).toBe("succeeded");
    const { records } = await world.engine.audit(world.target());
    expect(records.at(-1)).toMatchObject({ operation: "state-edit", result: "succeeded" });
    expect(records.at(-1)?.detail).toMatch(/::child no longer refers to .*::parent/);
  });

  test("T5: every kind of write is sealed, and lies where the CLI does not look", async () => {
    const { engine } = world;
    const target = world.target(program);
    await engine.importState(target, await engine.export(target));
    await engine.editState(target, (snapshot) => snapshot);
    await world.refresh();
    await world.up(program, { refresh: true });
    await world.destroy();
    expect((await world.preview(program)).result).toBe("succeeded");
    expect(readdirSync(paths.stacks).sort()).toEqual(["dev.json", "dev.json.bak"]);
    await engine.remove(target);
    expect(existsSync(paths.seal)).toBe(false);
  });
});
