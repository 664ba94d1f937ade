/** What a poll of a device that did not work out is recorded as: outcome, code, sentence, remedy. Pure. */
import type { DeviceSample, Outcome } from "../samples/types.ts";
import type { SnmpErrorCode } from "../snmp/types.ts";

export type PollError = NonNullable<DeviceSample["error"]>;

export interface Failure {
  outcome: Exclude<Outcome, "complete" | "partial">;
  error: PollError;
}

const outcomeOf: Readonly<Record<SnmpErrorCode, Failure["outcome"]>> = {
  timeout: "no-answer",
  unreachable: "refused",
  authentication: "unauthenticated",
  "unknown-user": "unauthenticated",
  "unsupported-security-level": "unauthenticated",
  "not-in-time-window": "unauthenticated",
  decryption: "unauthenticated",
  "too-big": "invalid",
  "general-error": "invalid",
  "no-such-name": "invalid",
  "error-status": "invalid",
  unsupported: "invalid",
  mismatch: "invalid",
  closed: "skipped",
};

/** Anything that was thrown while a device was polled. What is not an SNMP error is told as `unexpected`, with its text. */
export function failureOf(thrown: unknown): Failure {
  const { code, message, fix } = (thrown instanceof Error ? thrown : new Error(String(thrown))) as Error & {
    code?: unknown;
    fix?: unknown;
  };
  const isSnmp = typeof code === "string" && Object.hasOwn(outcomeOf, code);
  return {
    outcome: isSnmp ? outcomeOf[code as SnmpErrorCode] : "invalid",
    error: {
      code: isSnmp ? code : "unexpected",
      message,
      ...(typeof fix === "string" && { fix }),
    },
  };
}

export function unresolved(name: string, why: string): Failure {
  return {
    outcome: "unresolved",
    error: {
      code: "name-not-resolved",
      message: `${name} has no address: ${why}`,
      fix: "give the device's IP address in the inventory, or mend the name service",
    },
  };
}

export function withoutCredential(thrown: unknown): Failure {
  const { message, fix } = thrown as Error & { fix?: string };
  return { outcome: "skipped", error: { code: "credential-unresolved", message, ...(fix && { fix }) } };
}

export function unfinished(deadlineMs: number, hadBegun: boolean): Failure {
  const seconds = Math.round(deadlineMs / 100) / 10;
  return {
    outcome: "skipped",
    error: {
      code: hadBegun ? "deadline" : "deadline-not-begun",
      message: hadBegun
        ? `its poll had not ended when the cycle's ${seconds} s were over`
        : `its turn had not come when the cycle's ${seconds} s were over`,
      fix: "poll less often, share the devices between pollers (--shard), or give the cycle more time (--deadline)",
    },
  };
}
