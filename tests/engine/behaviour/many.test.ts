// Programs that make thousands of resources in one go.
import { createRequire } from "node:module";
import type pulumi from "@pulumi/pulumi";
import { expect, test, vi } from "vitest";
import { R, World } from "./world.ts";

const require = createRequire(import.meta.url);
const COUNT = 1500;

/** How many requests to register the SDK has made so far. */
function countRequests() {
  const { RegisterResourceRequest } =
    require("@pulumi/pulumi/proto/resource_pb.js") as typeof import("@pulumi/pulumi/proto/resource_pb.js");
  return vi.spyOn(RegisterResourceRequest.prototype, "setAliasspecs");
}

test("only some of their requests are there at a time", { timeout: 120_000 }, async () => {
  const world = await new World().init();
  const requests = countRequests();
  try {
    let atFirst = 0;
    const { result, changes } = await world.up(() => {
      const all = Array.from({ length: COUNT }, (_, index) => new R(`r${index}`, { value: index }));
      all[0]!.id.apply(() => {
        atFirst = requests.mock.calls.length;
      });
    });
    expect(result).toBe("succeeded");
    expect(changes.create).toBe(COUNT + 1);
    expect(requests.mock.calls.length).toBe(COUNT + 1);
    expect(atFirst).toBeGreaterThan(16);
    expect(atFirst).toBeLessThan(COUNT / 2);
  } finally {
    requests.mockRestore();
    world.remove();
  }
});

test("one whose transform waits for the very last of them does not wait for ever", {
  timeout: 120_000,
}, async () => {
  const world = await new World().init();
  try {
    const last = Promise.withResolvers<string>();
    const { result, changes } = await world.up(() => {
      const waits: pulumi.ResourceTransform = async ({ props, opts }) => ({
        props: { ...props, last: await last.promise },
        opts,
      });
      for (let index = 0; index < COUNT; index++) {
        new R(`r${index}`, { value: index }, { transforms: index < 600 ? [waits] : [] });
      }
      new R("last").id.apply((id) => last.resolve(id));
    });
    expect(result).toBe("succeeded");
    expect(changes.create).toBe(COUNT + 2);
    const [waited, awaited] = await Promise.all([world.stored("r599"), world.stored("last")]);
    expect(awaited?.id).toBeTruthy();
    expect(waited?.inputs?.last).toBe(awaited?.id);
  } finally {
    world.remove();
  }
});
