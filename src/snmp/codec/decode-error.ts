/** Why octets are not a message; stable, for counters and tests. */
export type DecodeErrorCode =
  | "truncated"
  | "trailing-octets"
  | "bad-length"
  | "wrong-tag"
  | "bad-integer"
  | "out-of-range"
  | "bad-oid"
  | "bad-value"
  | "bad-version"
  | "bad-security-parameters"
  | "too-many-variables";

/** Thrown inside the decoder only; `decodeMessage` and the receive handlers turn it into a result. */
export class DecodeError extends Error {
  readonly code: DecodeErrorCode;
  /** Offset in the datagram where decoding stopped. */
  readonly offset: number;

  constructor(code: DecodeErrorCode, offset: number, detail: string) {
    super(`${detail} at octet ${offset}`);
    this.name = "DecodeError";
    this.code = code;
    this.offset = offset;
  }
}
