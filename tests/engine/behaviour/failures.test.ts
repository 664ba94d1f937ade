// What fails, what goes on, what is cancelled, and what is left behind.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { chain, R, World } from "./world.ts";

let world: World;

beforeEach(async () => {
  world = await new World().init();
});
afterEach(() => world.remove());

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
