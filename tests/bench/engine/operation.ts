// One operation over a stack of many resources, as a process of its own; says what it cost.
// node operation.ts DIRECTORY COUNT up|preview|init [BATCH]
// With BATCH the program waits after so many resources for the last one, as a program that builds site by site does.
import { statSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { keepHeapSmall } from "../../../src/actions/heap.ts";
import { createEmbeddedEngine } from "../../../src/engine/embedded/embedded-engine.ts";
import type { ResourceProvider } from "../../../src/engine/interface/provider.ts";
import { peakRssOctets } from "../peak-memory.ts";

const [directory = "", count = "100", operation = "preview", batch = "0"] = process.argv.slice(2);

// As `pdc stack` does.
keepHeapSmall();

/** Answers at once. */
const immediate: ResourceProvider = {
  create: async ({ name, inputs }) => ({ id: name, outputs: { ...inputs, made: true } }),
  update: async ({ news }) => ({ outputs: news }),
  delete: async () => {},
};

async function program(): Promise<void> {
  keepHeapSmall();
  const pulumi = (await import("@pulumi/pulumi")).default;
  class Thing extends pulumi.CustomResource {
    constructor(name: string, inputs: object, options?: object) {
      super("bench:index:Thing", name, inputs, options);
    }
  }
  const groups: InstanceType<typeof Thing>[] = [];
  for (let index = 0; index < Number(count); index++) {
    const group = groups[index % 100];
    const inputs = { index, text: `resource number ${index} of the benchmark`, list: [1, 2, 3] };
    const thing = new Thing(`thing-${index}`, group ? { ...inputs, group: group.id } : inputs);
    if (!group) groups.push(thing);
    if (Number(batch) > 0 && index % Number(batch) === 0) {
      await new Promise<void>((resolve) => void thing.urn.apply(() => resolve()));
    }
  }
}

let octets = 0;
const handle = await open("/dev/null", "r");
const prototype = Object.getPrototypeOf(handle) as Record<string, (...given: unknown[]) => unknown>;
await handle.close();
for (const method of ["write", "writeFile", "appendFile"]) {
  const original = prototype[method]!;
  prototype[method] = function (this: unknown, data: unknown, ...rest: unknown[]) {
    octets += Buffer.byteLength(data as string);
    return original.call(this, data, ...rest);
  };
}

const engine = createEmbeddedEngine({
  backend: directory,
  passphrase: async () => "benchmark",
  packages: { bench: { version: "1.0.0", create: () => immediate } },
});
const target = { stack: "dev", project: "bench", program };
if (operation === "init") await engine.init(target);
else {
  const began = performance.now();
  const running = operation === "up" ? engine.up(target) : engine.preview(target);
  let events = 0;
  for await (const _ of running) events++;
  const { result, changes } = await running.result;
  const ms = performance.now() - began;
  const checkpoint = statSync(`${directory}/.pulumi/stacks/bench/dev.json`).size;
  const maxRssMb = peakRssOctets() / 1024 / 1024;
  writeSync(1, JSON.stringify({ result, changes, ms, maxRssMb, octets, checkpoint, events }));
}
