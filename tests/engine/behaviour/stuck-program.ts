// A process of its own: a program that waits for what never comes.
import { R, World } from "./world.ts";

const world = await new World().init();
const { result, errors } = await world.up(() => {
  new R("a", { value: 1 });
  new R("b", { never: new Promise(() => {}) });
});
console.log(JSON.stringify({ result, errors, names: world.names, again: (await world.up(() => {})).result }));
world.remove();
