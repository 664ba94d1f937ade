/** gRPC status codes that the monitor answers with. */
export const status = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** The name of a status code, as gRPC writes it. */
export function statusName(code: number): string {
  const name = Object.entries(status).find(([, value]) => value === code)?.[0] ?? "unknown";
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** A refusal of the monitor. Only `unavailable` and `cancelled` leave the SDK quiet. */
export class RpcError extends Error {
  readonly code: number;
  /** what gRPC calls the message */
  readonly details: string;

  constructor(code: number, message: string) {
    super(message);
    this.name = "RpcError";
    this.code = code;
    this.details = message;
  }
}

export const shutDown = (): RpcError => new RpcError(status.unavailable, "resource monitor shut down");
