/** A secret as a value that does not show itself. */
import { inspect } from "node:util";

/** The shape that other rooms take secrets in. */
export interface SecretText {
  reveal(): string;
  toString(): "[secret]";
  toJSON(): "[secret]";
}

class HiddenText implements SecretText {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  reveal(): string {
    return this.#text;
  }
  toString(): "[secret]" {
    return "[secret]";
  }
  toJSON(): "[secret]" {
    return "[secret]";
  }
  [inspect.custom](): "[secret]" {
    return "[secret]";
  }
}

/** Wraps a secret: printed, logged or made JSON it is "[secret]"; only `reveal()` gives it. */
export function secret(text: string): SecretText {
  return new HiddenText(text);
}
