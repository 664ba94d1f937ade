// What is left of the engine's behaviour: state flags, refusals, odd values, error hooks, compression.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Snapshot } from "../../../src/engine/state/checkpoint.ts";
import { C, P, R, World } from "./world.ts";

let world: World;
const urn = (name: string) => `urn:pulumi:dev::proj::tst:index:R::${name}`;

beforeEach(async () => {
  world = await new World().init();
});
afterEach(() => world.remove());

const edit = (name: string, change: object) =>
  world.engine.editState(world.target(), (snapshot: Snapshot) => ({
    ...snapshot,
    resources: snapshot.resources.map((one) => (one.urn === urn(name) ? { ...one, ...change } : one)),
  }));

const two = () => {
  const a = new R("a", { value: 1 });
  new R("b", { of: a.out });
};

describe("flags in the state", () => {
  test("a tainted resource is replaced once, and the state is of version 3 again", async () => {
    await world.up(two);
    await edit("a", { taint: true });
    expect(JSON.parse(world.file)).toMatchObject({ version: 4, features: ["taint"] });
    const end = await world.up(two);
    expect(end.changes).toMatchObject({ replace: 1, update: 1 });
    expect(JSON.parse(world.file).version).toBe(3);
    expect((await world.up(two)).changes).toEqual({ same: 3 });
  });

  test("protection by the state goes with the next update, which says what is protected", async () => {
    await world.up(two);
    await edit("b", { protect: true });
    await world.up(two);
    expect((await world.stored("b"))?.protect).toBeUndefined();
  });

  test("refreshBeforeUpdate: read before it is compared", async () => {
    await world.up(two);
    await edit("a", { refreshBeforeUpdate: true });
    world.things.set("a-1", { inputs: { value: 8 }, outputs: { value: 8, out: "out of a-1" } });
    const end = await world.up(two);
    expect(world.calls).toContain("read a");
    expect(end.changes).toMatchObject({ update: 1 });
    expect(world.things.get("a-1")?.inputs).toEqual({ value: 1 });
    expect(JSON.parse(world.file).features).toEqual(["refreshBeforeUpdate"]);
  });
});

test("a component that becomes a resource of the same name is replaced", async () => {
  await world.up(() => void new C("a"));
  const end = await world.up(() => {
    new R("a", {}, { aliases: [{ type: "tst:index:C" }] });
  });
  expect(end.errors).toEqual([]);
  expect(end.changes).toMatchObject({ replace: 1 });
  const step = end.events.find(({ resourcePreEvent }) => resourcePreEvent?.metadata.op === "replace");
  expect(step?.resourcePreEvent?.metadata.keys).toEqual(["provider"]);
  expect((await world.state()).map(({ type }) => type)).not.toContain("tst:index:C");
});

test("a provider that is renamed with an alias keeps its resources", async () => {
  const program = (name: string, aliases: pulumi.Alias[]) => () => {
    const provider = new P(name, { note: 1 }, { aliases });
    new R("a", {}, { provider });
  };
  await world.up(program("p", []));
  expect((await world.up(program("q", [{ name: "p" }]))).changes).toEqual({ same: 3 });
  expect((await world.stored("a"))?.provider).toMatch(/::q::/);
});

test("two resources that claim the same old one are an error, and nothing changes", async () => {
  await world.up(() => void new R("old"));
  const before = await world.state();
  const end = await world.up(() => {
    new R("x", {}, { aliases: [{ name: "old" }] });
    new R("y", {}, { aliases: [{ name: "old" }] });
  });
  expect(end.result).toBe("failed");
  expect(end.errors.join()).toMatch(
    /Duplicate resource alias '.*::old' applied to resource with URN '.*::y'/,
  );
  expect(world.names).toEqual(["old"]);
  expect((await world.state()).map((one) => one.id)).toEqual(before.map((one) => one.id));
});

describe("error hooks", () => {
  const program = (answers: boolean[], log: string[]) => () => {
    const again = new pulumi.ErrorHook("again", async (args) => {
      log.push(String(args.errors[0]));
      return answers.shift() ?? false;
    });
    new R("a", { value: 1 }, { hooks: { onError: [again] } });
  };

  test("one that says so has it tried again, until it works", async () => {
    const log: string[] = [];
    world.faults = { "create:a": "fail" };
    const answers = [true, true];
    const running = world.up(() => {
      const again = new pulumi.ErrorHook("again", async (args) => {
        log.push(String(args.errors[0]));
        if (log.length === 2) world.faults = {};
        return answers.shift() ?? false;
      });
      new R("a", { value: 1 }, { hooks: { onError: [again] } });
    });
    const end = await running;
    expect(end.errors).toEqual([]);
    expect(log).toEqual(["create of a failed", "create of a failed"]);
    expect(world.calls.filter((call) => call === "create a")).toHaveLength(3);
  });

  test("one that gives up leaves the error", async () => {
    const log: string[] = [];
    world.faults = { "create:a": "fail" };
    const end = await world.up(program([], log));
    expect(end.result).toBe("failed");
    expect(end.errors).toContain("create of a failed");
    expect(log).toHaveLength(1);
  });
});

test("odd values survive: null, empty, large, unicode, nested secrets, undefined in lists", async () => {
  const odd = {
    none: null,
    gone: undefined,
    empty: {},
    list: [undefined, null, [], {}],
    large: 1e21,
    small: 5e-324,
    text: '\u2028 \u{1F600} \\ " <b>',
    __proto: { constructor: "x" },
    secretIn: { deep: [pulumi.secret({ k: [1] })] },
  };
  const program = () => void new R("a", odd);
  expect((await world.up(program)).errors).toEqual([]);
  expect((await world.up(program)).changes).toEqual({ same: 2 });
  const [stored] = (await world.state("dev", true)).filter((one) => one.urn === urn("a"));
  expect(stored?.inputs).toMatchObject({
    none: null,
    empty: {},
    list: [null, null, [], {}],
    large: 1e21,
    small: 5e-324,
    text: odd.text,
  });
  expect(stored?.inputs).not.toHaveProperty("gone");
  expect(JSON.stringify(stored?.inputs?.secretIn)).toContain('"plaintext":"{\\"k\\":[1]}"');
});

test("options that come from the parent, and those that do not", async () => {
  await world.up(() => {
    const provider = new P("p");
    const c = new C("c", {
      retainOnDelete: true,
      providers: { tst: provider },
    } as pulumi.ComponentResourceOptions);
    new R("in", {}, { parent: c });
    const d = new C("d", { parent: c });
    new R("deep", {}, { parent: d });
    new R("out", {});
  });
  expect((await world.stored("in"))?.provider).toMatch(/::p::/);
  expect((await world.stored("deep"))?.provider).toMatch(/::p::/);
  expect((await world.stored("out"))?.provider).toMatch(/::default/);
  expect((await world.stored("deep"))?.retainOnDelete).toBe(true);
  expect((await world.stored("out"))?.retainOnDelete).toBeUndefined();
});

test("compressed and back: the file of the other kind goes aside", async () => {
  await world.up(two);
  const zipped = new World({
    environment: { PULUMI_DIY_BACKEND_GZIP: "true" },
    backend: join(world.directory, "state"),
  });
  const target = zipped.target(two);
  const one = { ...target, settingsDirectory: join(world.directory, "settings") };
  const end = await zipped.follow(zipped.engine.up(one));
  zipped.remove();
  expect(end.changes).toEqual({ same: 3 });
  const file = join(world.directory, "state/.pulumi/stacks/proj/dev.json");
  expect(existsSync(`${file}.gz`)).toBe(true);
  expect(existsSync(file)).toBe(false);
  expect(readFileSync(`${file}.gz`).subarray(0, 2).toString("hex")).toBe("1f8b");
  expect((await world.up(two)).result).toBe("succeeded");
  expect(existsSync(`${file}.gz`)).toBe(false);
  expect(existsSync(file)).toBe(true);
});

describe("what is not done refuses by name, before anything is touched", () => {
  test("configuration that changes what the engine does", async () => {
    await world.engine.setConfig(world.target(), "pulumi:autonaming", { value: '{"mode":"verbatim"}' });
    const refused = { exitCode: 2, fix: expect.stringContaining("--engine pulumi") };
    await expect(world.up(two)).rejects.toMatchObject(refused);
    await expect(world.preview(two)).rejects.toMatchObject(refused);
    expect(world.calls).toEqual([]);
  });

  test("another secrets provider in the settings or the state", async () => {
    await world.up(two);
    const settings = join(world.directory, "settings/Pulumi.dev.yaml");
    const text = readFileSync(settings, "utf8");
    writeFileSync(settings, `secretsprovider: awskms://x\nencryptedkey: y\n${text}`);
    const calls = world.calls.length;
    await expect(world.up(two)).rejects.toMatchObject({ exitCode: 2 });
    writeFileSync(settings, `environment:\n  - prod\n${text}`);
    await expect(world.up(two)).rejects.toMatchObject({ exitCode: 2 });
    writeFileSync(settings, text);
    const file = join(world.directory, "state/.pulumi/stacks/proj/dev.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"type":"passphrase"', '"type":"service"'));
    await expect(world.up(two)).rejects.toMatchObject({ exitCode: 2 });
    expect(world.calls).toHaveLength(calls);
  });

  test("a package that is not here, a version that is not here", async () => {
    class Other extends pulumi.CustomResource {}
    const missing = await world.up(() => void new Other("absent:index:R", "x", {}));
    expect(missing.result).toBe("failed");
    expect(missing.errors.join()).toMatch(/no resource plugin 'pulumi-resource-absent'/);
    const version = await world.up(() => void new R("a", {}, { version: "9.9.9" }));
    expect(version.errors.join()).toMatch(/tst 9\.9\.9 \(this is 1\.0\.0\) is not supported/);
    expect(world.things.size).toBe(0);
  });
});

test("default providers that are switched off", async () => {
  await world.engine.setConfig(world.target(), "pulumi:disable-default-providers", { value: '["tst"]' });
  const end = await world.up(two).catch((error: Error) => ({ result: "failed", errors: [error.message] }));
  expect(end.result).toBe("failed");
  expect(end.errors.join()).toMatch(/[Dd]efault provider/);
  expect(world.things.size).toBe(0);
});
