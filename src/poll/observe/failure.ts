/** Errors of the session seam as outcomes of an observation, with what to do about them. */
import type { DeviceSample, Outcome } from "../../samples/types.ts";
import type { SnmpError, SnmpErrorCode } from "../../snmp/types.ts";

const outcomes: Readonly<Record<SnmpErrorCode, Outcome>> = {
  timeout: "no-answer",
  unreachable: "no-answer",
  "too-big": "invalid",
  "general-error": "invalid",
  "no-such-name": "invalid",
  "error-status": "refused",
  authentication: "unauthenticated",
  "unknown-user": "unauthenticated",
  "unsupported-security-level": "unauthenticated",
  "not-in-time-window": "unauthenticated",
  decryption: "unauthenticated",
  unsupported: "skipped",
  mismatch: "invalid",
  closed: "skipped",
};

const fixes: Partial<Record<SnmpErrorCode, string>> = {
  timeout:
    "check that the device is on, that SNMP is allowed from this host, and that the community or user is right (a wrong community is answered by silence)",
  unreachable: "check the address, the port and that the SNMP agent of the device runs",
};

/** Outcome and error of a failed request. Errors that no driver should throw are ours, and told as "invalid". */
export function failure(error: unknown): { outcome: Outcome; error: NonNullable<DeviceSample["error"]> } {
  const { code, message, fix } = error as Partial<SnmpError>;
  const known = code !== undefined && code in outcomes ? code : undefined;
  const remedy = fix ?? (known && fixes[known]);
  return {
    outcome: known ? outcomes[known] : "invalid",
    error: {
      code: code ?? "unexpected",
      message: message ?? String(error),
      ...(remedy !== undefined && { fix: remedy }),
    },
  };
}

/** True when the device may be gone, so that asking on would only wait. */
export function endsWalk(error: unknown): boolean {
  const { code } = error as Partial<SnmpError>;
  return code === "timeout" || code === "unreachable";
}
