import { type InitializationError, ProviderError } from "../../interface/errors.ts";

/** The failure of a resource that exists but did not come up, told as the CLI tells it. */
export function initializationFailure(error: InitializationError): Error {
  const count = error.reasons.length;
  const lines = error.reasons.map((reason) => `\t* ${reason}\n`).join("");
  // It is known what happened: the object is there.
  return new ProviderError(`${count} error${count === 1 ? "" : "s"} occurred:\n${lines}\n`);
}
