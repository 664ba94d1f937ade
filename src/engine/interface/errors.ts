/**
 * An error of the engine as a whole, for people: what failed, where, and what to do. `exitCode` is that of
 * the command line: 1 bug, 20–27 as everywhere in pdc.
 */
export class EngineError extends Error {
  readonly code: string;
  readonly exitCode: number;
  readonly fix: string | undefined;

  constructor(code: string, exitCode: number, message: string, fix?: string) {
    super(message);
    this.name = "EngineError";
    this.code = code;
    this.exitCode = exitCode;
    this.fix = fix;
  }
}

/** Something that only the Pulumi CLI does; refused before anything is touched. */
export function unsupported(what: string): EngineError {
  return new EngineError(
    "engine-unsupported",
    2,
    `${what} is not supported by the embedded engine`,
    "use --engine pulumi, which runs the same program through the Pulumi CLI",
  );
}

/** The stack's files are damaged or not what they say they are. */
export function integrityError(message: string, fix?: string): EngineError {
  return new EngineError("state-integrity", 27, message, fix);
}

export function badConfiguration(message: string, fix?: string): EngineError {
  return new EngineError("stack-configuration", 22, message, fix);
}

/**
 * A provider made or changed an object that then did not come up: it exists, and `id`, `outputs` and
 * `inputs` say as what, but `reasons` tell why it is not ready (Pulumi's `ErrorResourceInitFailed`).
 */
export class InitializationError extends Error {
  readonly id: string;
  readonly outputs: import("../properties/values.ts").PropertyMap;
  readonly inputs: import("../properties/values.ts").PropertyMap | undefined;
  readonly reasons: readonly string[];

  constructor(
    id: string,
    outputs: import("../properties/values.ts").PropertyMap,
    reasons: readonly string[],
    inputs?: import("../properties/values.ts").PropertyMap,
  ) {
    super(reasons.join("; "));
    this.name = "InitializationError";
    this.id = id;
    this.outputs = outputs;
    this.inputs = inputs;
    this.reasons = reasons;
  }
}

/** A provider's refusal. `outcomeKnown: false` says that the object may have changed all the same. */
export class ProviderError extends Error {
  readonly outcomeKnown: boolean;
  /** gRPC status code, where there is one */
  readonly grpcCode: number | undefined;

  constructor(message: string, options: { outcomeKnown?: boolean; grpcCode?: number } = {}) {
    super(message);
    this.name = "ProviderError";
    this.outcomeKnown = options.outcomeKnown ?? true;
    this.grpcCode = options.grpcCode;
  }
}

/** The provider cannot tell what would change; taken as an update. */
export class DiffUnavailableError extends Error {}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
