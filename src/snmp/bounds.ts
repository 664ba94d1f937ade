import { ERROR_STATUS } from "./codec/tags.ts";
import { SnmpRequestError } from "./error.ts";
import type { SnmpErrorCode, WalkLimits } from "./types.ts";

/** Repetitions of the first GETBULK when the target names none. */
export const FIRST_REPETITIONS = 25;

/** Limits of one walk, as the seam's defaults have them. */
export interface WalkBounds {
  maxRows: number;
  maxOctets: number;
  endsMs: number;
}

export function boundsOf(limits: WalkLimits | undefined, nowMs: number): WalkBounds {
  return {
    maxRows: limits?.maxRows ?? 100_000,
    maxOctets: limits?.maxOctets ?? 64 * 1024 * 1024,
    endsMs: nowMs + (limits?.maxDurationMs ?? 120_000),
  };
}

const CODES: Partial<Record<number, SnmpErrorCode>> = { 1: "too-big", 2: "no-such-name", 5: "general-error" };

/** The error for an error-status of RFC 3416. */
export function statusError(address: string, errorStatus: number, errorIndex: number): SnmpRequestError {
  const code = CODES[errorStatus] ?? "error-status";
  const name = ERROR_STATUS[errorStatus] ?? `error-status ${errorStatus}`;
  const which = errorIndex > 0 ? ` for variable ${errorIndex}` : "";
  return new SnmpRequestError(
    code,
    address,
    `the agent answered ${name}${which}`,
    errorIndex > 0 ? { errorIndex } : {},
  );
}
