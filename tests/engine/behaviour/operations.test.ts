// Operations: what is refreshed, left out, gone on with, cancelled.
import pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { C, R, World } from "./world.ts";

let world: World;
const urn = (name: string) => `urn:pulumi:dev::proj::tst:index:R::${name}`;

beforeEach(async () => {
  world = await new World().init();
});
afterEach(() => world.remove());

/** a ← b ← c, and x alone. */
const chain =
  (value: number, more: () => void = () => {}) =>
  () => {
    const a = new R("a", { value });
    const b = new R("b", { of: a.out, value });
    new R("c", { of: b.out, value });
    new R("x", { value });
    more();
  };

const idOf = (name: string) => [...world.things.keys()].find((id) => id.startsWith(`${name}-`))!;

describe("refresh", () => {
  test("one read that fails does not keep the others from being read, and is told", async () => {
    await world.up(chain(1));
    for (const name of ["b", "x"]) {
      const thing = world.things.get(idOf(name))!;
      thing.inputs = { ...thing.inputs, value: 5 };
      thing.outputs = { ...thing.outputs, value: 5 };
    }
    world.faults = { "read:b": "fail" };
    const end = await world.refresh();
    expect(end.result).toBe("failed");
    expect(end.errors).toContain("read of b failed");
    expect((await world.stored("x"))?.inputs).toMatchObject({ value: 5 });
    expect((await world.stored("b"))?.inputs).toMatchObject({ value: 1 });
    world.faults = {};
    expect((await world.up(chain(1))).changes).toMatchObject({ update: 1 });
  });

  test("what is gone leaves no reference; its child has no parent and its old URN", async () => {
    const program = () => {
      const a = new R("a");
      new R("child", {}, { parent: a });
      new R("user", { of: a.out }, { dependsOn: a });
    };
    await world.up(program);
    world.things.delete(idOf("a"));
    const end = await world.refresh();
    expect(end.result).toBe("succeeded");
    expect(end.ops).toContain("delete a");
    const child = await world.stored("child");
    expect(child?.urn).toContain("$tst:index:R::child");
    expect(child?.parent).toBeUndefined();
    const user = await world.stored("user");
    expect(user?.dependencies ?? []).toEqual([]);
    expect(JSON.stringify(user?.propertyDependencies ?? {})).not.toContain("::a");
    const repaired = await world.up(program);
    expect(repaired.errors).toEqual([]);
    expect(world.names).toEqual(["a", "child", "user"]);
  });

  test("an object that is not ready is a warning, and is kept", async () => {
    await world.up(chain(1));
    world.faults = { "read:a": "init" };
    const end = await world.refresh();
    expect(end.result).toBe("succeeded");
    expect(end.warnings[0]).toMatch(/^Refreshed resource is in an unhealthy state:\n\* not ready/);
    expect((await world.stored("a"))?.initErrors).toEqual(["not ready"]);
    world.faults = {};
    expect((await world.up(chain(1))).ops).toContain("update a");
    expect((await world.stored("a"))?.initErrors).toBeUndefined();
  });

  test("honours targets and excludes", async () => {
    await world.up(chain(1));
    world.calls.length = 0;
    await world.refresh({ targets: [urn("a")] });
    expect(world.calls.filter((call) => call.startsWith("read"))).toEqual(["read a"]);
    world.calls.length = 0;
    await world.refresh({ excludes: [urn("a"), urn("x")] });
    expect(world.calls.filter((call) => call.startsWith("read")).sort()).toEqual(["read b", "read c"]);
  });

  test("as part of an update: its steps are not counted, what drifted is put back", async () => {
    await world.up(chain(1));
    const thing = world.things.get(idOf("x"))!;
    world.things.set(idOf("x"), { ...thing, inputs: { value: 7 }, outputs: { ...thing.outputs, value: 7 } });
    const end = await world.up(chain(1), { refresh: true });
    expect(end.changes).toEqual({ same: 4, update: 1 });
    expect(world.things.get(idOf("x"))?.inputs).toEqual({ value: 1 });
    const preview = await world.preview(chain(1), { refresh: true });
    expect(preview.changes).toEqual({ same: 5 });
  });

  test("an external resource: its outputs follow, Diff is not asked", async () => {
    world.things.set("ext-1", { inputs: { value: 1 }, outputs: { value: 1 } });
    await world.up(() => void R.read("seen", "ext-1"));
    world.things.set("ext-1", { inputs: { value: 2 }, outputs: { value: 2 } });
    world.calls.length = 0;
    const end = await world.refresh();
    expect(end.ops).toContain("update seen");
    expect(world.calls).toEqual(["read seen"]);
    expect((await world.stored("seen"))?.outputs).toEqual({ value: 2 });
  });
});

describe("targets", () => {
  test("only the target changes; the others keep what they had, also what the program changed", async () => {
    await world.up(chain(1));
    const end = await world.up(
      chain(2, () => void new R("new")),
      { targets: [urn("b")] },
    );
    expect(end.errors).toEqual([]);
    expect(end.changes).toMatchObject({ update: 1 });
    expect((await world.stored("a"))?.inputs).toEqual({ value: 1 });
    expect((await world.stored("b"))?.inputs).toMatchObject({ value: 2 });
    expect(await world.stored("new")).toBeUndefined();
  });

  test("with dependents", async () => {
    await world.up(chain(1));
    const end = await world.up(chain(2), { targets: [urn("b")], targetDependents: true });
    expect(end.changes).toMatchObject({ update: 2 });
    expect((await world.stored("c"))?.inputs).toMatchObject({ value: 2 });
    expect((await world.stored("x"))?.inputs).toEqual({ value: 1 });
  });

  test("patterns: * stays within a part, ** does not", async () => {
    await world.up(chain(1));
    expect((await world.up(chain(2), { targets: ["urn:pulumi:dev::proj::tst:index:R::*"] })).changes).toEqual(
      {
        update: 4,
        same: 1,
      },
    );
    expect((await world.up(chain(3), { targets: ["**::a"] })).changes).toMatchObject({ update: 1 });
    expect((await world.up(chain(4), { targets: ["*::a"] })).changes.update).toBeUndefined();
  });

  test("a target that needs what is not there and was not named", async () => {
    const program = () => {
      const n = new R("n");
      new R("a", { of: n.out });
    };
    const end = await world.up(program, { targets: [urn("a")] });
    expect(end.result).toBe("failed");
    expect(end.errors[0]).toContain(
      `Resource '${urn("a")}' depends on '${urn("n")}' which was was not specified in --target list.`,
    );
    expect(world.things.size).toBe(0);
  });

  test("an unknown one is an error after the program ran", async () => {
    const end = await world.up(chain(1), { targets: [urn("zzz")] });
    expect(end.result).toBe("failed");
    expect(end.errors[0]).toBe(
      `Target '${urn("zzz")}' could not be found in the stack. Did you forget to escape $ in your shell?`,
    );
    expect(world.things.size).toBe(0);
  });

  test("destroyed: what depends on the target has to be named too", async () => {
    await world.up(chain(1));
    const refused = await world.destroy({ targets: [urn("b")] });
    expect(refused.result).toBe("failed");
    expect(refused.errors[0]).toMatch(/::c' will be destroyed but was not specified in --target list/);
    expect(world.names).toEqual(["a", "b", "c", "x"]);
    expect((await world.destroy({ targets: [urn("b")], targetDependents: true })).result).toBe("succeeded");
    expect(world.names).toEqual(["a", "x"]);
  });
});

describe("excludes", () => {
  test("an update leaves them as they are, a destroy keeps what they need", async () => {
    await world.up(chain(1));
    const end = await world.up(chain(2), { excludes: [urn("a")] });
    expect(end.changes).toMatchObject({ update: 3 });
    expect((await world.stored("a"))?.inputs).toEqual({ value: 1 });
    await world.destroy({ excludes: [urn("b")] });
    expect(world.names).toEqual(["a", "b"]);
    expect((await world.state()).map(({ type }) => type).sort()).toContain("pulumi:pulumi:Stack");
  });

  test("with dependents", async () => {
    await world.up(chain(1));
    const end = await world.up(chain(2), { excludes: [urn("b")], excludeDependents: true });
    expect(end.errors).toEqual([]);
    expect((await world.stored("c"))?.inputs).toMatchObject({ value: 1 });
    expect((await world.stored("x"))?.inputs).toEqual({ value: 2 });
  });
});

test("--replace: replaced with the key id, dependents see the new outputs", async () => {
  await world.up(chain(1));
  const end = await world.up(chain(1), { replace: [urn("a")] });
  expect(end.changes).toMatchObject({ replace: 1, update: 1 });
  const step = end.events.find(({ resourcePreEvent }) => resourcePreEvent?.metadata.op === "replace");
  expect(step?.resourcePreEvent?.metadata.keys).toEqual(["id"]);
});

describe("failures", () => {
  test("T7: the seventh of ten fails: what was done is recorded, nothing is lost, the next run ends it", async () => {
    const ten = () => {
      let last: R | undefined;
      for (let i = 0; i < 10; i++) last = new R(`r${i}`, { value: 1 }, last ? { dependsOn: last } : {});
    };
    world.faults = { "create:r6": "fail" };
    const end = await world.up(ten);
    expect(end.result).toBe("failed");
    expect(end.changes).toMatchObject({ create: 7 });
    expect(world.names).toEqual(["r0", "r1", "r2", "r3", "r4", "r5"]);
    expect(end.events.filter((event) => event.resOpFailedEvent).length).toBe(1);
    expect((await world.state()).filter(({ type }) => type === "tst:index:R")).toHaveLength(6);
    world.faults = {};
    expect((await world.up(ten)).changes).toEqual({ same: 7, create: 4 });
    expect(world.calls.filter((call) => call === "create r0")).toHaveLength(1);
  });

  test("--continue-on-error: independent ones go on, dependents are left out, and the program with them", async () => {
    await world.up(chain(1, () => void new R("old")));
    world.faults = { "update:a": "fail" };
    const end = await world.up(chain(2), { continueOnError: true });
    expect(end.result).toBe("failed");
    expect((await world.stored("x"))?.inputs).toEqual({ value: 2 });
    expect((await world.stored("b"))?.inputs).toMatchObject({ value: 1 });
    // What depends on a failure makes the program fail, and then nothing is deleted.
    expect(world.names).toEqual(["a", "b", "c", "old", "x"]);
  });

  test("--continue-on-error of a destroy: what the failed one needs stays, the rest goes", async () => {
    await world.up(chain(1));
    world.faults = { "delete:b": "fail" };
    const end = await world.destroy({ continueOnError: true });
    expect(end.result).toBe("failed");
    expect(world.names).toEqual(["a", "b"]);
  });

  test("without it nothing is deleted after a failure", async () => {
    await world.up(chain(1, () => void new R("old")));
    world.faults = { "update:a": "fail" };
    await world.up(chain(2));
    expect(world.names).toContain("old");
  });

  test("an error in a preview fails it, and changes nothing", async () => {
    await world.up(chain(1));
    const before = world.file;
    const end = await world.preview(() => {
      chain(1)();
      throw new Error("the program is wrong");
    });
    expect(end.result).toBe("failed");
    expect(end.errors.join()).toContain("the program is wrong");
    expect(world.file).toBe(before);
  });

  test("a program that fails keeps its outputs and deletes nothing", async () => {
    await world.up(() => {
      chain(1)();
      return { kept: "old" };
    });
    const end = await world.up(async () => {
      new R("a", { value: 1 });
      throw new Error("no");
    });
    expect(end.result).toBe("failed");
    expect(world.names).toEqual(["a", "b", "c", "x"]);
    expect(await world.engine.outputs(world.target())).toMatchObject({ kept: { value: "old" } });
  });

  test("created but not ready: kept, and tried again as an update", async () => {
    world.faults = { "create:a": "init" };
    const end = await world.up(chain(1));
    expect(end.result).toBe("failed");
    expect((await world.stored("a"))?.initErrors).toEqual(["not ready"]);
    expect(world.names).not.toContain("b");
    world.faults = {};
    expect((await world.up(chain(1))).ops).toContain("update a");
  });
});

describe("cancel", () => {
  test("what runs ends and is recorded, nothing new begins, providers are told", async () => {
    const gate = Promise.withResolvers<void>();
    world.gates.set("create:a", gate.promise);
    const running = world.engine.up(world.target(chain(1)), { parallel: 1 });
    const ended = world.follow(running);
    while (!world.calls.includes("create a")) await new Promise((resolve) => setTimeout(resolve, 5));
    running.cancel();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(world.cancelled).toBeGreaterThan(0);
    gate.resolve();
    const end = await ended;
    expect(end.result).toBe("canceled");
    expect(end.errors).toContain("update canceled");
    expect(world.names).toEqual(["a"]);
    expect((await world.stored("a"))?.id).toBe("a-1");
    expect(world.file).not.toContain("pending_operations");
    world.gates.clear();
    expect((await world.up(chain(1))).changes).toEqual({ same: 2, create: 3 });
  });

  test("before anything began", async () => {
    const running = world.engine.up(world.target(chain(1)));
    running.cancel();
    const end = await world.follow(running);
    expect(end.result).toBe("canceled");
    expect(world.calls).toEqual([]);
  });
});

describe("reads", () => {
  test("a read that becomes managed and back", async () => {
    world.things.set("ext-1", { inputs: { value: 1 }, outputs: { value: 1 } });
    await world.up(() => void R.read("a", "ext-1"));
    expect((await world.stored("a"))?.external).toBe(true);
    const managed = await world.up(() => void new R("a", { value: 3 }));
    expect(managed.errors).toEqual([]);
    expect(world.things.has("ext-1")).toBe(true);
    await world.up(() => void R.read("a", "ext-1"));
    expect([...world.things.keys()]).toEqual(["ext-1"]);
    await world.destroy();
    expect([...world.things.keys()]).toEqual(["ext-1"]);
  });

  test("an id that is only known later is not read at preview", async () => {
    const program = () => {
      const a = new R("a", { value: 1 });
      R.read("same-thing", a.id as unknown as string);
    };
    const preview = await world.preview(program);
    expect(preview.errors).toEqual([]);
    expect(world.calls.filter((call) => call.startsWith("read"))).toEqual([]);
    expect((await world.up(program)).errors).toEqual([]);
    expect(world.calls).toContain("read same-thing");
  });

  test("what does not exist is an error", async () => {
    const end = await world.up(() => void R.read("a", "none"));
    expect(end.errors).toContain("resource 'none' does not exist");
  });
});

describe("stack references", () => {
  test("open and secret outputs of another stack; a secret stays one", async () => {
    await world.init("net");
    await world.up(() => ({ open: "10.0.0.1", hidden: pulumi.secret("canary-88"), list: [1, 2] }), {}, "net");
    const program = () => {
      const net = new pulumi.StackReference("organization/proj/net");
      new R("a", {
        gateway: net.getOutput("open"),
        key: net.requireOutput("hidden"),
        none: net.getOutput("none"),
      });
      return { again: net.getOutput("hidden") };
    };
    const end = await world.up(program);
    expect(end.errors).toEqual([]);
    expect(world.things.get("a-1")?.inputs).toMatchObject({ gateway: "10.0.0.1" });
    expect(world.file).not.toContain("canary-88");
    expect((await world.engine.outputs(world.target())).again).toMatchObject({
      secret: true,
      value: "canary-88",
    });
    await world.up(() => ({ open: "10.0.0.2", hidden: pulumi.secret("canary-88"), list: [] }), {}, "net");
    expect((await world.up(program)).ops).toContain("update a");
  });

  test("a stack and an output that are not there", async () => {
    const missing = await world.up(() => void new pulumi.StackReference("organization/proj/none"));
    expect(missing.errors.join()).toMatch(/unknown stack "organization\/proj\/none"/);
    await world.init("net");
    await world.up(() => ({ open: 1 }), {}, "net");
    const end = await world.up(() => {
      const net = new pulumi.StackReference("organization/proj/net");
      return { value: net.requireOutput("none") };
    });
    expect(end.result).toBe("failed");
    expect(end.errors.join()).toMatch(
      /Required output 'none' does not exist on stack 'organization\/proj\/net'/,
    );
  });
});

describe("transforms", () => {
  test("own, then ancestors', then the stack's; properties and options", async () => {
    const seen: string[] = [];
    const program = () => {
      pulumi.runtime.registerResourceTransform((args) => {
        if (args.type !== "tst:index:R") return undefined;
        seen.push(`stack ${args.name} ${(args.props as { value: number }).value}`);
        return {
          props: { ...args.props, tag: "stack" },
          opts: pulumi.mergeOptions(args.opts, { protect: true }),
        };
      });
      const c = new C("c", {
        transforms: [
          (args) => {
            if (args.type !== "tst:index:R") return undefined;
            seen.push(`parent ${args.name} ${(args.props as { value: number }).value}`);
            return { props: { ...args.props, value: 3 }, opts: args.opts };
          },
        ],
      });
      new R(
        "a",
        { value: 1 },
        {
          parent: c,
          transforms: [
            (args) => {
              seen.push(`own ${args.name} ${(args.props as { value: number }).value}`);
              return { props: { ...args.props, value: 2 }, opts: args.opts };
            },
          ],
        },
      );
    };
    const end = await world.up(program);
    expect(end.errors).toEqual([]);
    expect(seen).toEqual(["own a 1", "parent a 2", "stack a 3"]);
    expect(await world.stored("a")).toMatchObject({ inputs: { value: 3, tag: "stack" }, protect: true });
  });

  test("one that fails fails the registration", async () => {
    const end = await world.up(() => {
      new R(
        "a",
        {},
        {
          transforms: [
            () => {
              throw new Error("not this one");
            },
          ],
        },
      );
    });
    expect(end.result).toBe("failed");
    expect(end.errors.join()).toContain("not this one");
    expect(world.things.size).toBe(0);
  });
});

describe("hooks", () => {
  const hooked =
    (value: number, log: string[], refuse = false) =>
    () => {
      const hook = (name: string) =>
        new pulumi.ResourceHook(name, async (args) => {
          log.push(`${name} ${JSON.stringify(args.newInputs ?? null)}`);
          if (refuse && name.startsWith("before")) throw new Error(`${name} says no`);
        });
      const names = [
        "beforeCreate",
        "afterCreate",
        "beforeUpdate",
        "afterUpdate",
        "beforeDelete",
        "afterDelete",
      ];
      const hooks = Object.fromEntries(names.map((name) => [name, [hook(name)]]));
      new R("a", { value }, { hooks });
    };

  test("around create, update and delete, and not at preview", async () => {
    const log: string[] = [];
    expect((await world.preview(hooked(1, log))).errors).toEqual([]);
    expect(log).toEqual([]);
    await world.up(hooked(1, log));
    await world.up(hooked(2, log));
    expect(log.map((line) => line.split(" ")[0])).toEqual([
      "beforeCreate",
      "afterCreate",
      "beforeUpdate",
      "afterUpdate",
    ]);
    expect(JSON.parse(world.file)).toMatchObject({ version: 4, features: ["hooks"] });
    const refused = await world.destroy();
    expect(refused.errors.join()).toMatch(
      /Resource has delete hooks registered, but the program is not running/,
    );
    log.length = 0;
    await world.destroy({ runProgram: true }, hooked(2, log));
    expect(log.map((line) => line.split(" ")[0])).toEqual(["beforeDelete", "afterDelete"]);
    expect(JSON.parse(world.file).version).toBe(3);
  });

  test("one that refuses before leaves the resource untouched", async () => {
    const end = await world.up(hooked(1, [], true));
    expect(end.result).toBe("failed");
    expect(end.errors.join()).toContain("beforeCreate says no");
    expect(world.things.size).toBe(0);
  });
});

test("a duplicate URN is told, and the run stops", async () => {
  const end = await world.up(() => {
    new R("a", { value: 1 });
    new R("a", { value: 2 });
  });
  expect(end.result).toBe("failed");
  expect(end.errors).toContain(`Duplicate resource URN '${urn("a")}'; try giving it a unique name`);
});

test("--expect-no-changes fails after the changes were made", async () => {
  const end = await world.up(chain(1), { expectNoChanges: true });
  expect(end.error).toMatchObject({ exitCode: 26 });
  expect(world.names).toEqual(["a", "b", "c", "x"]);
  const again = await world.up(chain(1), { expectNoChanges: true });
  expect(again.result).toBe("succeeded");
});

test("destroy with the program: new ones are left out, everything that was there goes", async () => {
  await world.up(chain(1));
  const end = await world.destroy(
    { runProgram: true },
    chain(1, () => void new R("new")),
  );
  expect(end.errors).toEqual([]);
  expect(world.things.size).toBe(0);
  expect(await world.state()).toEqual([]);
});

test("secrets: a round trip through the state, and masked wherever they are shown", async () => {
  const program = (token: string) => () => {
    const a = new R("a", { nested: { token: pulumi.secret(token), list: [pulumi.secret(1), 2] }, n: null });
    return { whole: (a as unknown as { nested: unknown }).nested, plain: 1 };
  };
  const end = await world.up(program("canary-19"));
  expect(JSON.stringify(end.events)).not.toContain("canary-19");
  expect(JSON.stringify(end.outputs)).not.toContain("canary-19");
  expect(world.file).not.toContain("canary-19");
  expect((await world.up(program("canary-19"))).changes).toEqual({ same: 2 });
  expect((await world.up(program("canary-20"))).changes).toMatchObject({ update: 1 });
  expect(world.things.get("a-1")?.inputs.n).toBeNull();
  const first = world.file;
  await world.up(program("canary-20"));
  const sealed = (text: string) => text.match(/v1:[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+/g);
  expect(sealed(world.file)).toEqual(sealed(first));
});
