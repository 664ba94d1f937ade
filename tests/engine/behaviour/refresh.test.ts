// A refresh without the program, alone and before an update.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chain, R, World } from "./world.ts";

let world: World;
const urn = (name: string) => `urn:pulumi:dev::proj::tst:index:R::${name}`;

beforeEach(async () => {
  world = await new World().init();
});
afterEach(() => world.remove());

describe("refresh", () => {
  test("one read that fails does not keep the others from being read, and is told", async () => {
    await world.up(chain(1));
    for (const name of ["b", "x"]) {
      const thing = world.things.get(world.idOf(name))!;
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
    world.things.delete(world.idOf("a"));
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
    const thing = world.things.get(world.idOf("x"))!;
    world.things.set(world.idOf("x"), {
      ...thing,
      inputs: { value: 7 },
      outputs: { ...thing.outputs, value: 7 },
    });
    const end = await world.up(chain(1), { refresh: true });
    expect(end.changes).toEqual({ same: 4, update: 1 });
    expect(world.things.get(world.idOf("x"))?.inputs).toEqual({ value: 1 });
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
