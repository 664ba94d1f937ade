// The import operation: objects that exist enter the state, without a program.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ImportResource } from "../../../src/engine/interface/engine.ts";
import { C, P, R, World } from "./world.ts";

let world: World;
const TYPE = "tst:index:R";

beforeEach(async () => {
  world = await new World().init();
  for (const id of ["ext-1", "ext-2"])
    world.things.set(id, {
      inputs: { value: 1, note: "n" },
      outputs: { value: 1, note: "n", out: `out of ${id}` },
    });
});
afterEach(() => world.remove());

const take = (resources: ImportResource[], more: object = {}) =>
  world.follow(world.engine.import(world.target(), { resources, ...more }));

test("protected unless told otherwise; the program then finds them the same", async () => {
  const end = await take([{ type: TYPE, name: "a", id: "ext-1" }]);
  expect(end.errors).toEqual([]);
  expect(await world.stored("a")).toMatchObject({
    id: "ext-1",
    protect: true,
    inputs: { value: 1, note: "n" },
  });
  await take([{ type: TYPE, name: "b", id: "ext-2" }], { protect: false });
  expect((await world.stored("b"))?.protect).toBeUndefined();
  expect((await world.stored("b"))?.importID).toBeUndefined();
  const program = () => {
    new R("a", { value: 1, note: "n" }, { protect: true });
    new R("b", { value: 1, note: "n" });
  };
  expect((await world.up(program)).changes).toEqual({ same: 3 });
});

test("below a parent, with a provider, with some of the inputs", async () => {
  await world.up(() => {
    new C("box");
    new P("p", { note: 1 });
  });
  const parent = (await world.stored("box"))!.urn;
  const provider = (await world.stored("p"))!.urn;
  const end = await take([{ type: TYPE, name: "a", id: "ext-1", parent, provider, properties: ["value"] }]);
  expect(end.errors).toEqual([]);
  const stored = await world.stored("a");
  expect(stored).toMatchObject({ parent, inputs: { value: 1 } });
  expect(stored?.urn).toContain("tst:index:C$tst:index:R::a");
  expect(stored?.provider).toMatch(new RegExp(`^${provider.replaceAll("$", "\\$")}::`));
});

test("one that does not exist does not keep the others out", async () => {
  const end = await take([
    { type: TYPE, name: "none", id: "ext-9" },
    { type: TYPE, name: "a", id: "ext-1" },
  ]);
  expect(end.result).toBe("failed");
  expect(end.errors.join()).toContain("resource 'ext-9' does not exist");
  expect(await world.stored("a")).toBeDefined();
  expect(await world.stored("none")).toBeUndefined();
});

test("one that is there already is an error, and stays as it is", async () => {
  await world.up(() => void new R("a", { value: 5 }));
  const end = await take([{ type: TYPE, name: "a", id: "ext-1" }]);
  expect(end.result).toBe("failed");
  expect((await world.stored("a"))?.id).toBe("a-1");
});

test("a preview reads and writes nothing", async () => {
  const before = world.file;
  const end = await take([{ type: TYPE, name: "a", id: "ext-1" }], { preview: true });
  expect(end.changes).toMatchObject({ import: 1 });
  expect(world.file).toBe(before);
});
