import { inspect } from "node:util";
import type { SecretText } from "./types.ts";

/** Wraps a secret so that printing, JSON and `util.inspect` give "[secret]"; only `reveal()` gives the text. */
export function secretText(value: string): SecretText {
  return {
    reveal: () => value,
    toString: () => "[secret]",
    toJSON: () => "[secret]",
    [inspect.custom]: () => "[secret]",
  } as SecretText;
}
