import { EngineError } from "../interface/errors.ts";

/** Something that only the embedded engine does. */
export function unsupportedByCli(what: string): EngineError {
  return new EngineError(
    "engine-unsupported",
    2,
    `${what} is not supported by the Pulumi CLI`,
    "leave out --engine pulumi",
  );
}
