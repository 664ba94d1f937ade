// Targets, excludes and replacements that were asked for.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chain, R, World } from "./world.ts";

let world: World;
const urn = (name: string) => `urn:pulumi:dev::proj::tst:index:R::${name}`;

beforeEach(async () => {
  world = await new World().init();
});
afterEach(() => world.remove());

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
