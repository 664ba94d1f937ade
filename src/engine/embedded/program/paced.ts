import { createRequire } from "node:module";
import type { Turns } from "../monitor/turns.ts";

const require = createRequire(import.meta.url);

/** The SDK's function: the reference of the package that a resource is of comes last. */
type Register = (...given: unknown[]) => void;
const PACKAGE_REFERENCE = 11;

const turns = new WeakMap<object, Turns>();
let installed = false;

/** From now on the program of a store registers its resources by turns. */
export function pace(store: object, by: Turns): void {
  turns.set(store, by);
  if (installed) return;
  installed = true;
  const resources = require("@pulumi/pulumi/runtime/resource.js") as { registerResource: Register };
  const { getStore } = require("@pulumi/pulumi/runtime/state.js") as unknown as { getStore(): object };
  const register = resources.registerResource;
  resources.registerResource = (...given) => {
    const turn = turns.get(getStore());
    if (!turn?.hasToWait()) return register(...given);
    const reference = given[PACKAGE_REFERENCE];
    // It is waited for when all that the resource depends on is there, right before the request is made.
    const inTurn: PromiseLike<unknown> = {
      // biome-ignore lint/suspicious/noThenProperty: asked only when it is waited for, unlike a promise
      then: (resolve, reject) =>
        turn
          .next()
          .then(() => reference)
          .then(resolve, reject),
    };
    given[PACKAGE_REFERENCE] = inTurn;
    return register(...given);
  };
}
