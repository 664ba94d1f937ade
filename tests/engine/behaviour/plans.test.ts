// Saved plans: an update does what was reviewed, or less, or nothing. T9: the world changed in between.

import pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, test } from "vitest";
import { R, World } from "./world.ts";

let world: World;

beforeEach(async () => {
  world = await new World().init();
});
afterEach(() => world.remove());

async function planned(program: () => unknown): Promise<string> {
  const { plan, result } = await world.preview(program, { savePlan: true });
  expect(result).toBe("succeeded");
  return plan!;
}

const two =
  (a: number, more: object = {}) =>
  () => {
    const first = new R("a", { value: a });
    new R("b", { of: first.out, ...more });
  };

test("what was planned is done: creations, updates, replacements, deletions", async () => {
  expect((await world.up(two(1), { plan: await planned(two(1)) })).changes).toEqual({ create: 3 });
  expect((await world.up(two(2), { plan: await planned(two(2)) })).changes).toMatchObject({ update: 1 });
  const replaced = () => {
    const a = new R("a", { value: 2, repl: 1 });
    new R("b", { of: a.out });
  };
  const end = await world.up(replaced, { plan: await planned(replaced) });
  expect(end.errors).toEqual([]);
  expect(end.ops.sort()).toEqual(["create-replacement a", "delete-replaced a", "replace a", "update b"]);
  const none = () => {};
  expect((await world.up(none, { plan: await planned(none) })).changes).toMatchObject({ delete: 2 });
});

test("a change that was not planned is refused before anything is done", async () => {
  await world.up(two(1));
  const plan = await planned(two(1));
  const calls = world.calls.length;
  const end = await world.up(two(2), { plan });
  expect(end.result).toBe("failed");
  expect(end.errors[0]).toMatch(/::a violates plan: input value was not going to change/);
  expect(world.calls.slice(calls).filter((call) => !call.startsWith("diff"))).toEqual([]);
  expect((await world.stored("a"))?.inputs).toEqual({ value: 1 });
});

test("another value than the planned one is refused", async () => {
  await world.up(two(1));
  const end = await world.up(two(3), { plan: await planned(two(2)) });
  expect(end.errors[0]).toMatch(/violates plan: input value has another value/);
});

test("a resource, a deletion, an option that was not planned is refused", async () => {
  await world.up(two(1));
  const plan = await planned(two(1));
  const more = await world.up(
    () => {
      two(1)();
      new R("c");
    },
    { plan },
  );
  expect(more.errors[0]).toMatch(/create of .*::c is not allowed by the plan: no step was expected/);
  const fewer = await world.up(() => void new R("a", { value: 1 }), { plan });
  expect(fewer.errors[0]).toMatch(
    /delete of .*::b is not allowed by the plan: this resource is constrained to same/,
  );
  const protectedNow = await world.up(
    () => {
      const a = new R("a", { value: 1 }, { protect: true });
      new R("b", { of: a.out });
    },
    { plan },
  );
  expect(protectedNow.errors[0]).toMatch(/::a violates plan: protect changed/);
  expect(world.names).toEqual(["a", "b"]);
});

test("less than planned is allowed, and what did not come up at all is told", async () => {
  await world.up(two(1));
  const plan = await planned(two(2));
  const less = await world.up(two(1), { plan });
  expect(less.errors).toEqual([]);
  const gone = await planned(() => {
    two(1)();
    new R("c");
  });
  const end = await world.up(two(1), { plan: gone });
  expect(end.result).toBe("failed");
  expect(end.errors[0]).toMatch(/expected resource operations for .*::c but none were seen/);
});

test("T9: the world changed after the plan was made: the update is refused unless it is planned again", async () => {
  await world.up(two(1));
  const { plan } = await world.preview(two(1), { savePlan: true, refresh: true });
  const [id, thing] = [...world.things].find(([key]) => key.startsWith("a-"))!;
  world.things.set(id, { inputs: { value: 9 }, outputs: { ...thing.outputs, value: 9 } });
  const refused = await world.up(two(1), { plan: plan!, refresh: true });
  expect(refused.result).toBe("failed");
  expect(refused.errors[0]).toMatch(/::a violates plan: input value was not going to change/);
  expect(world.things.get(id)?.inputs).toEqual({ value: 9 });
  const again = await world.preview(two(1), { savePlan: true, refresh: true });
  expect((await world.up(two(1), { plan: again.plan!, refresh: true })).result).toBe("succeeded");
  expect(world.things.get(id)?.inputs).toEqual({ value: 1 });
});

test("the state changed after the plan was made", async () => {
  const plan = await planned(two(1));
  await world.up(two(1));
  const end = await world.up(two(1), { plan });
  expect(end.errors[0]).toMatch(
    /same of .* is not allowed by the plan: this resource is constrained to create/,
  );
});

test("what the plan did not know may be anything, and secrets stay sealed in it", async () => {
  const program = () => {
    const a = new R("a", { token: pulumi.secret("canary-5121"), value: 1 });
    new R("b", { list: [a.out, "fixed"], object: { inner: a.id } });
  };
  const plan = await planned(program);
  expect(plan).not.toContain("canary-5121");
  const end = await world.up(program, { plan });
  expect(end.errors).toEqual([]);
  expect(world.names).toEqual(["a", "b"]);
});

test("generated values are the same in the plan and in the update", async () => {
  const seeds: Buffer[] = [];
  const seeing = new World({
    packages: {
      tst: {
        create: () => ({
          check: async ({ news, randomSeed }) => {
            seeds.push(Buffer.from(randomSeed));
            return { inputs: { ...news, label: Buffer.from(randomSeed).toString("hex") } };
          },
          create: async ({ inputs }) => ({ id: "x", outputs: inputs }),
        }),
      },
    },
  });
  await seeing.init();
  const program = () => void new R("a");
  const { plan } = await seeing.preview(program, { savePlan: true });
  const end = await seeing.up(program, { plan: plan! });
  expect(end.errors).toEqual([]);
  expect(seeds.at(-1)).toEqual(seeds[0]);
  seeing.remove();
});

test("no plan, a plan of another stack", async () => {
  await expect(world.up(two(1), { plan: "{" })).rejects.toMatchObject({ exitCode: 22 });
  await expect(world.up(two(1), { plan: '{"version":9}' })).rejects.toMatchObject({ exitCode: 22 });
  const plan = await planned(two(1));
  await world.init("other");
  await expect(world.up(two(1), { plan }, "other")).rejects.toMatchObject({ exitCode: 22 });
  expect(world.calls).toEqual([]);
});
