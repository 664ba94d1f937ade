/** What a poll that could not even ask the device, or did not end in time, is recorded as. Pure. */
import { failure as failureOfRequest } from "./observe/failure.ts";
import type { Observation } from "./observer.ts";

const nothingRead = { incarnation: {}, components: [], incomplete: [], absent: {} } as const;

/** Anything that was thrown on the way to a device: of the driver (no such version), of a profile, or a bug of ours. */
export function failed(thrown: unknown): Observation {
  return { ...nothingRead, ...failureOfRequest(thrown) };
}

export function unresolved(name: string, why: string): Observation {
  return {
    ...nothingRead,
    outcome: "unresolved",
    error: {
      code: "name-not-resolved",
      message: `${name} has no address: ${why}`,
      fix: "give the device's IP address in the inventory, or mend the name service",
    },
  };
}

export function withoutCredential(thrown: unknown): Observation {
  const { message, fix } = thrown as Error & { fix?: string };
  return {
    ...nothingRead,
    outcome: "skipped",
    error: { code: "credential-unresolved", message, ...(fix && { fix }) },
  };
}

export function unfinished(deadlineMs: number, hadBegun: boolean): Observation {
  const seconds = Math.round(deadlineMs / 100) / 10;
  return {
    ...nothingRead,
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
