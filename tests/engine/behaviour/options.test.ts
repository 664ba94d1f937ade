// Options of resources: what they make of a change.
import pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { C, P, R, World } from "./world.ts";

let world: World;

beforeEach(async () => {
  world = await new World().init();
});
afterEach(() => world.remove());

const one =
  (inputs: Record<string, unknown>, options?: pulumi.CustomResourceOptions, name = "a") =>
  () =>
    void new R(name, inputs, options);

describe("ignoreChanges", () => {
  test("in an array: the element keeps its old value, its neighbours do not", async () => {
    const options = { ignoreChanges: ["list[1]", "rules[*].port"] };
    await world.up(
      one({
        list: [1, 2, 3],
        rules: [
          { port: 1, host: "x" },
          { port: 2, host: "y" },
        ],
      }),
    );
    const end = await world.up(
      one(
        {
          list: [9, 8, 7],
          rules: [
            { port: 5, host: "z" },
            { port: 6, host: "y" },
          ],
        },
        options,
      ),
    );
    expect(end.ops).toEqual(["update a"]);
    expect((await world.stored("a"))?.inputs).toEqual({
      list: [9, 2, 7],
      rules: [
        { port: 1, host: "z" },
        { port: 2, host: "y" },
      ],
    });
  });

  test("an element that is missing on one side: the path is left out, and that is told", async () => {
    await world.up(one({ list: [1] }));
    const end = await world.up(one({ list: [5, 6] }, { ignoreChanges: ["list[1]"] }));
    expect((await world.stored("a"))?.inputs).toEqual({ list: [5, 6] });
    const infos = end.events.flatMap(({ diagnosticEvent }) =>
      diagnosticEvent?.severity === "info" ? [diagnosticEvent.message] : [],
    );
    expect(infos.join()).toContain('"list[1]"');
  });

  test("an added input is not added, a removed one stays, a secret stays a secret", async () => {
    await world.up(one({ gone: 1, token: pulumi.secret("canary-77") }));
    const end = await world.up(
      one({ added: 2, token: pulumi.secret("other") }, { ignoreChanges: ["gone", "added", "token"] }),
    );
    expect(end.changes).toEqual({ same: 2 });
    const inputs = (await world.stored("a"))?.inputs;
    expect(Object.keys(inputs ?? {}).sort()).toEqual(["gone", "token"]);
    expect(world.file).not.toContain("canary-77");
  });

  test("is not looked at when the resource is created or replaced", async () => {
    await world.up(one({ value: 1, repl: 1 }, { ignoreChanges: ["value"] }));
    expect((await world.stored("a"))?.inputs).toEqual({ value: 1, repl: 1 });
    await world.up(one({ value: 2, repl: 2 }, { ignoreChanges: ["value"] }));
    expect((await world.stored("a"))?.inputs).toEqual({ value: 2, repl: 2 });
  });
});

describe("replaceOnChanges", () => {
  test("a nested path: what lies below it replaces, what lies beside it updates", async () => {
    const options = { replaceOnChanges: ["spec.rules[*].port"] };
    const spec = (port: number, host: string) => ({ spec: { rules: [{ port, host }], size: 1 } });
    await world.up(one(spec(1, "x"), options));
    expect((await world.up(one(spec(1, "y"), options))).ops).toEqual(["update a"]);
    const end = await world.up(one(spec(2, "y"), options));
    expect(end.ops).toEqual(["create-replacement a", "replace a", "delete-replaced a"]);
    const replace = end.events.find((event) => event.resourcePreEvent?.metadata.op === "replace");
    expect(replace?.resourcePreEvent?.metadata.detailedDiff).toEqual({
      "spec.rules[0].port": { diffKind: "update-replace", inputDiff: true },
    });
  });

  test("a path above the change replaces, another one does not", async () => {
    await world.up(one({ spec: { size: 1 }, other: 1 }));
    expect(
      (await world.up(one({ spec: { size: 2 }, other: 1 }, { replaceOnChanges: ["other"] }))).ops,
    ).toEqual(["update a"]);
    expect(
      (await world.up(one({ spec: { size: 3 }, other: 1 }, { replaceOnChanges: ["spec"] }))).ops[0],
    ).toBe("create-replacement a");
    expect((await world.up(one({ spec: { size: 4 }, other: 1 }, { replaceOnChanges: ["*"] }))).ops[0]).toBe(
      "create-replacement a",
    );
  });
});

describe("replacementTrigger", () => {
  const { secret } = pulumi;
  /** Each is the trigger of an update; the second says what the Pulumi CLI 3.260 makes of it after the one before. */
  const asRecorded: [string, unknown, "replaces" | "stays"][] = [
    ["one", "1", "stays"],
    ["another", "2", "replaces"],
    ["the same, secret", secret("2"), "stays"],
    ["another secret", secret("3"), "stays"],
    ["a secret null", secret(null), "stays"],
    ["after it", "4", "stays"],
    ["a secret in place of it", secret("5"), "replaces"],
    ["a list in place of a secret", ["6"], "stays"],
    ["another list", ["7"], "replaces"],
    ["none", undefined, "stays"],
    ["one again", "8", "stays"],
  ];

  test("forces a replacement when it changes, but not when the one before was secret", async () => {
    for (const [what, replacementTrigger, outcome] of asRecorded) {
      const { changes, errors } = await world.up(
        one({ value: 1 }, { replacementTrigger } as pulumi.CustomResourceOptions),
      );
      expect([what, errors, changes.replace === 1 ? "replaces" : "stays"]).toEqual([what, [], outcome]);
    }
  });
});

describe("protect", () => {
  test("with a replacement: refused at preview with an error, and at the update before anything is done", async () => {
    await world.up(one({ repl: 1 }, { protect: true }));
    const calls = world.calls.length;
    const preview = await world.preview(one({ repl: 2 }, { protect: true }));
    expect(preview.result).toBe("failed");
    expect(preview.errors[0]).toMatch(
      /^unable to replace resource ".*::a"\nas it is currently marked for protection/,
    );
    const end = await world.up(one({ repl: 2 }, { protect: true }));
    expect(end.result).toBe("failed");
    expect(world.calls.slice(calls).filter((call) => !call.startsWith("diff"))).toEqual([]);
    expect((await world.up(one({ repl: 2 }, { protect: false }))).ops).toContain("replace a");
  });

  test("of a component is that of its children, unless they say otherwise", async () => {
    await world.up(() => {
      const c = new C("c", { protect: true });
      new R("kept", {}, { parent: c });
      new R("free", {}, { parent: c, protect: false });
    });
    expect((await world.stored("kept"))?.protect).toBe(true);
    expect((await world.stored("free"))?.protect).toBeUndefined();
    const end = await world.destroy();
    expect(end.result).toBe("failed");
    expect(world.names).toEqual(["kept"]);
  });

  test("a protected dependent stops a replacement that deletes first", async () => {
    const program = (dbr: number) => () => {
      const a = new R("a", { dbr });
      new R("b", { repl: a.out }, { protect: true });
    };
    await world.up(program(1));
    const end = await world.up(program(2));
    expect(end.errors[0]).toMatch(/unable to replace resource ".*::b" as part of replacing ".*::a"/);
    expect(world.calls.filter((call) => call.startsWith("delete"))).toEqual([]);
  });
});

describe("deletion", () => {
  test("retainOnDelete keeps the object; deletedWith goes with another; both together", async () => {
    await world.up(() => {
      const a = new R("a");
      new R("with", {}, { deletedWith: a });
      new R("kept", {}, { retainOnDelete: true });
      new R("both", {}, { deletedWith: a, retainOnDelete: true });
    });
    const end = await world.destroy();
    expect(end.changes).toEqual({ delete: 5 });
    expect(world.calls.filter((call) => call.startsWith("delete"))).toEqual(["delete a"]);
    expect(await world.state()).toEqual([]);
  });

  test("deletedWith a resource that stays: the provider is called", async () => {
    await world.up(() => {
      const a = new R("a");
      new R("with", {}, { deletedWith: a });
    });
    await world.up(() => void new R("a"));
    expect(world.calls.filter((call) => call.startsWith("delete"))).toEqual(["delete with"]);
  });

  test("deletedWith a resource that is replaced: replaced too, without a call", async () => {
    const program = (repl: number) => () => {
      const a = new R("a", { repl });
      new R("b", {}, { deletedWith: a });
    };
    await world.up(program(1));
    const end = await world.up(program(2));
    expect(end.changes).toMatchObject({ replace: 2 });
    expect(world.calls.filter((call) => call.startsWith("delete"))).toEqual(["delete a"]);
  });
});

describe("deleteBeforeReplace", () => {
  const chain = (dbr: number) => () => {
    const a = new R("a", { dbr });
    const b = new R("b", { repl: a.out });
    const c = new R("c", { repl: b.out });
    new R("d", { value: c.out });
    new R("e", {}, { dependsOn: a });
  };

  test("a chain of dependents goes in reverse order, what would only be updated stays", async () => {
    await world.up(chain(1));
    const before = world.calls.length;
    const end = await world.up(chain(2));
    expect(end.errors).toEqual([]);
    expect(end.ops.filter((op) => op.startsWith("delete"))).toEqual([
      "delete-replaced c",
      "delete-replaced b",
      "delete-replaced a",
    ]);
    expect(end.changes).toEqual({ replace: 3, same: 2, update: 1 });
    const done = world.calls.slice(before).filter((call) => !call.startsWith("diff"));
    expect(done).toEqual([
      "delete c",
      "delete b",
      "delete a",
      "create a",
      "create b",
      "create c",
      "update d",
    ]);
  });

  test("the option overrides the provider, both ways", async () => {
    await world.up(one({ dbr: 1, repl: 1 }));
    const later = await world.up(one({ dbr: 2, repl: 1 }, { deleteBeforeReplace: false }));
    expect(later.ops).toEqual(["create-replacement a", "replace a", "delete-replaced a"]);
    const first = await world.up(one({ dbr: 2, repl: 2 }, { deleteBeforeReplace: true }));
    expect(first.ops).toEqual(["delete-replaced a", "replace a", "create-replacement a"]);
  });

  test("a creation that fails after the deletion: the next run goes on", async () => {
    await world.up(chain(1));
    world.faults = { "create:b": "fail" };
    const failed = await world.up(chain(2));
    expect(failed.result).toBe("failed");
    expect((await world.stored("b"))?.pendingReplacement).toBe(true);
    expect((await world.stored("c"))?.pendingReplacement).toBe(true);
    world.faults = {};
    const calls = world.calls.length;
    const end = await world.up(chain(2));
    expect(end.errors).toEqual([]);
    // The change that asked for the deletion is not the provider's own any more: the new one is made, and the entry
    // of the old one deleted after it, as by the CLI.
    expect(world.calls.slice(calls).filter((call) => /(create|delete) b/.test(call))).toEqual([
      "create b",
      "delete b",
    ]);
    expect((await world.state()).some((resource) => resource.pendingReplacement)).toBe(false);
    expect(world.names).toEqual(["a", "b", "c", "d", "e"]);
  });
});

describe("import", () => {
  test("with other inputs: imported, then updated, in one run", async () => {
    world.things.set("ext-1", { inputs: { value: 1 }, outputs: { value: 1, out: "out of ext-1" } });
    const preview = await world.preview(one({ value: 2 }, { import: "ext-1" }));
    expect(preview.changes).toMatchObject({ import: 1, update: 1 });
    const end = await world.up(one({ value: 2 }, { import: "ext-1" }));
    expect(end.changes).toMatchObject({ import: 1, update: 1 });
    expect(world.things.get("ext-1")?.inputs).toEqual({ value: 2 });
    expect((await world.up(one({ value: 2 }, { import: "ext-1" }))).changes).toEqual({ same: 2 });
  });

  test("with inputs that would replace it: refused, and nothing is done to it", async () => {
    world.things.set("ext-1", { inputs: { repl: 1 }, outputs: { repl: 1 } });
    const end = await world.up(one({ repl: 2 }, { import: "ext-1" }));
    expect(end.result).toBe("failed");
    expect(end.errors[0]).toMatch(
      /previously-imported resources that still specify an ID may not be replaced/,
    );
    expect(world.things.get("ext-1")?.inputs).toEqual({ repl: 1 });
  });

  test("of what does not exist", async () => {
    const end = await world.up(one({}, { import: "none" }));
    expect(end.errors).toContain("resource 'none' does not exist");
    expect(await world.stored("a")).toBeUndefined();
  });
});

describe("aliases with parents", () => {
  const inside = (names: { box: string; leaf: string }, aliased: boolean) => () => {
    const box = new C(names.box, aliased ? { aliases: [{ name: "box" }] } : {});
    const leaf = new R(names.leaf, { value: 1 }, { parent: box });
    new R("user", { of: leaf.out });
  };

  test("a renamed component takes its children along, also one that is named after it", async () => {
    await world.up(inside({ box: "box", leaf: "box-leaf" }, false));
    const end = await world.up(inside({ box: "crate", leaf: "crate-leaf" }, true));
    expect(end.changes).toEqual({ same: 4 });
    expect((await world.state()).map(({ urn }) => urn).join()).not.toContain("box");
    expect((await world.stored("user"))?.dependencies).toEqual([(await world.stored("crate-leaf"))?.urn]);
  });

  test("a resource that moves below a component and takes another name at once", async () => {
    await world.up(one({ value: 1 }, undefined, "old"));
    const moved = () => {
      const box = new C("box");
      new R(
        "now",
        { value: 1 },
        { parent: box, aliases: [{ name: "old", parent: pulumi.rootStackResource }] },
      );
    };
    expect((await world.up(moved)).changes).toEqual({ same: 2, create: 1 });
    expect((await world.up(moved)).changes).toEqual({ same: 3 });
    expect(world.names).toEqual(["old"]);
  });

  test("an alias and a replacement in one run", async () => {
    await world.up(one({ repl: 1 }, undefined, "old"));
    const end = await world.up(one({ repl: 2 }, { aliases: [{ name: "old" }] }, "now"));
    expect(end.changes).toMatchObject({ replace: 1 });
    expect((await world.state()).filter(({ type }) => type === "tst:index:R")).toHaveLength(1);
    expect(world.things.size).toBe(1);
  });
});

describe("explicit providers", () => {
  const program =
    (config: object, name = "p") =>
    () => {
      const provider = new P(name, { ...config });
      const a = new R("a", { value: 1 }, { provider });
      new R("b", { of: a.out }, { provider });
    };

  test("a changed configuration is an update; one that replaces the provider replaces its resources", async () => {
    await world.up(program({ note: 1 }));
    expect((await world.up(program({ note: 2 }))).changes).toEqual({ update: 1, same: 3 });
    const end = await world.up(program({ note: 2, repl: 1 }));
    expect(end.errors).toEqual([]);
    expect(end.changes).toEqual({ replace: 3, same: 1 });
    const keys = end.events.flatMap(({ resourcePreEvent }) =>
      resourcePreEvent?.metadata.op === "replace" && resourcePreEvent.metadata.type === "tst:index:R"
        ? [resourcePreEvent.metadata.keys]
        : [],
    );
    expect(keys).toEqual([["provider"], ["provider"]]);
    expect(end.ops.at(-1)).toBe("delete-replaced p");
    expect(world.things.size).toBe(2);
  });

  test("another provider of the same configuration keeps the resources", async () => {
    await world.up(program({ note: 1 }));
    const end = await world.up(program({ note: 1 }, "q"));
    expect(end.changes).toEqual({ create: 1, same: 3, delete: 1 });
    expect((await world.stored("a"))?.provider).toMatch(/::q::/);
  });
});

test("additionalSecretOutputs, and a secret input whose output has its name", async () => {
  await world.up(() => {
    const a = new R(
      "a",
      { token: pulumi.secret("canary-31"), plain: "open" },
      { additionalSecretOutputs: ["out"] },
    );
    return { out: a.out, plain: (a as unknown as { plain: unknown }).plain };
  });
  expect(world.file).not.toContain("canary-31");
  expect(world.file).not.toContain("out of a-1");
  expect(world.file).toContain("open");
  const shown = (await world.state("dev", true)).find(({ urn }) => urn.endsWith("::a"));
  expect(JSON.stringify(shown?.outputs)).toContain("canary-31");
  const outputs = await world.engine.outputs(world.target());
  expect(outputs.out).toMatchObject({ secret: true });
  expect(outputs.plain).toMatchObject({ value: "open", secret: false });
});
