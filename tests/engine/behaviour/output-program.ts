// A process of its own, for its standard output and error: two programs at once, and what the process writes itself.
import { R, World } from "./world.ts";

const world = await new World().init();
await world.init("other");
const before = [process.stdout.write, process.stderr.write];

const talking = (name: string, wait: Promise<void>) => async () => {
  console.log(`${name} says %s`, "hello");
  console.error(`${name} complains\n\n  twice`);
  process.stdout.write(`${name} in `);
  await wait;
  process.stdout.write(Buffer.from("pieces: "));
  const [first, second] = [Buffer.from("ừ").subarray(0, 1), Buffer.from("ừ").subarray(1)];
  process.stdout.write(first);
  process.stdout.write(second);
  await new Promise<void>((resolve) => process.stdout.write("\n", () => resolve()));
  new R("a").out.apply((out) => console.log(`${name} has ${out}`));
  process.stdout.write(`${name} without an end`);
};
const gate = Promise.withResolvers<void>();
const both = [world.up(talking("dev", gate.promise)), world.up(talking("other", gate.promise), {}, "other")];
await new Promise((resolve) => setTimeout(resolve, 300));
process.stdout.write("the process itself\n");
process.stderr.write("and its errors\n");
gate.resolve();
const told = (await Promise.all(both)).map(({ result, events }) => ({
  result,
  messages: events.flatMap(({ diagnosticEvent }) =>
    diagnosticEvent ? [`${diagnosticEvent.severity} ${diagnosticEvent.message}`] : [],
  ),
  withUrn: events.some(({ diagnosticEvent }) => diagnosticEvent?.urn),
}));
const failed = await world.up(() => {
  console.log("before it fails");
  throw new Error("on purpose");
});
const restored = process.stdout.write === before[0] && process.stderr.write === before[1];
const failing = failed.events.flatMap(({ diagnosticEvent }) => diagnosticEvent?.message.split("\n")[0] ?? []);
world.remove();
console.log(JSON.stringify({ told, failing, restored }));
