import type { InitializationError } from "../../interface/errors.ts";

/** The failure of a resource that exists but did not come up, told as the CLI tells it. */
export function initializationFailure(error: InitializationError): Error {
  const count = error.reasons.length;
  const lines = error.reasons.map((reason) => `\t* ${reason}\n`).join("");
  return new Error(`${count} error${count === 1 ? "" : "s"} occurred:\n${lines}\n`);
}
