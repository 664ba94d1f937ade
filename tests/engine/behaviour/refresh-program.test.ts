// Refreshing with the program: as part of an update, and as an operation of its own.
import { afterEach, beforeEach, expect, test } from "vitest";
import { P, R, World } from "./world.ts";

let world: World;

beforeEach(async () => {
  world = await new World().init();
});
afterEach(() => world.remove());

const program =
  (value = 1) =>
  () => {
    const provider = new P("p", { note: value });
    const a = new R("a", { value: 1 }, { provider });
    new R("b", { of: a.out }, { provider });
  };
const drift = (name: string, inputs: object | undefined) => {
  const id = [...world.things.keys()].find((key) => key.startsWith(`${name}-`))!;
  if (!inputs) world.things.delete(id);
  else world.things.set(id, { inputs: { ...inputs }, outputs: { ...inputs, out: `out of ${id}` } });
};

test("an update that refreshes as the program registers: what drifted is put back, what is gone is made again", async () => {
  await world.up(program());
  drift("a", undefined);
  drift("b", { of: "something else" });
  const end = await world.up(program(2), { refresh: true, runProgram: true });
  expect(end.errors).toEqual([]);
  expect(world.names).toEqual(["a", "b"]);
  expect(end.changes).toMatchObject({ create: 1 });
  expect((await world.up(program(2))).changes).toEqual({ same: 4 });
});

test("a refresh of its own: the provider follows the program, new resources are left out", async () => {
  await world.up(program());
  drift("a", { value: 7 });
  const end = await world.refresh({ runProgram: true }, () => {
    program(3)();
    new R("new", {});
  });
  expect(end.errors).toEqual([]);
  expect((await world.stored("p"))?.inputs).toMatchObject({ note: 3 });
  expect((await world.stored("a"))?.inputs).toEqual({ value: 7 });
  expect(await world.stored("new")).toBeUndefined();
  expect(world.calls).not.toContain("create new");
  expect(world.calls).not.toContain("update a");
});

test("--preview-only reads, tells, and writes nothing", async () => {
  await world.up(program());
  drift("a", { value: 7 });
  const before = world.file;
  const end = await world.refresh({ preview: true });
  expect(end.ops).toContain("update a");
  expect(world.file).toBe(before);
});
