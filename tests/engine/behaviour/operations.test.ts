// Reads, stack references, transforms, hooks, and what operations come to.
import pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { C, chain, R, World } from "./world.ts";

let world: World;
const urn = (name: string) => `urn:pulumi:dev::proj::tst:index:R::${name}`;

beforeEach(async () => {
  world = await new World().init();
});
afterEach(() => world.remove());

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
