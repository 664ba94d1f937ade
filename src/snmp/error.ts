import type { SnmpError, SnmpErrorCode } from "./types.ts";

/** What a person can do about each code; used where the driver knows nothing better. */
const FIX: Partial<Record<SnmpErrorCode, string>> = {
  timeout: "check address, port, community or user, and that no filter drops UDP between here and the device",
  unreachable: "check the address, the route, and that the SNMP agent of the device runs",
  "too-big": "ask for fewer variables at once",
  authentication: "check the authentication password and protocol of the credential",
  "unknown-user": "check the user name of the credential, or create the user on the device",
  "unsupported-security-level":
    "allow this security level for the user on the device, or change the credential",
  "not-in-time-window":
    "the engine boots or time of the device run backwards: restart its SNMP agent, or give it an engine ID of its own",
  decryption: "check the privacy password and protocol of the credential (AES-192/256 exist in two variants)",
  "no-such-name": "the agent does not have this object",
};

/** The one error a driver rejects with: says what failed, at which address, and what to do. */
export class SnmpRequestError extends Error implements SnmpError {
  readonly code: SnmpErrorCode;
  readonly address: string;
  readonly errorIndex?: number;
  readonly fix?: string;

  constructor(
    code: SnmpErrorCode,
    address: string,
    detail: string,
    more: { errorIndex?: number; fix?: string } = {},
  ) {
    super(`${address}: ${detail}`);
    this.name = "SnmpRequestError";
    this.code = code;
    this.address = address;
    if (more.errorIndex !== undefined) this.errorIndex = more.errorIndex;
    const fix = more.fix ?? FIX[code];
    if (fix !== undefined) this.fix = fix;
  }
}
