// A process of its own: who reads the events writes each one to the standard output that the program writes to.
import type { RunningOperation } from "../../../src/engine/interface/engine.ts";
import { R, World } from "./world.ts";

const world = await new World().init();
const operation = world.engine.up(
  world.target(() => {
    console.log("the program");
    new R("a").out.apply(() => console.log("the program again"));
  }),
);

async function* written(events: RunningOperation) {
  for await (const event of events) {
    process.stdout.write(`${JSON.stringify(event)}\n`);
    yield event;
  }
}

for await (const _ of written(operation));
await operation.result;
world.remove();
