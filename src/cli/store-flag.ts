/** Which store a command reads or writes. */
import { Flags } from "@oclif/core";

export const storeFlag = {
  store: Flags.string({
    description: "file of the samples [default: samples.db in the state directory]",
    env: "PDC_STORE",
    helpValue: "PATH",
  }),
};

export const storeSizeFlag = {
  "max-size": Flags.integer({
    description: "megabytes the store may take; the oldest samples go first, the last day's stay",
    env: "PDC_STORE_MAX_SIZE",
    helpValue: "MB",
    min: 10,
  }),
};

export const boundedStoreFlags = { ...storeFlag, ...storeSizeFlag };

/** As actions take it, in octets. */
export function storeSizeOf(flags: { "max-size"?: number | undefined }) {
  return { maxOctets: flags["max-size"] === undefined ? undefined : flags["max-size"] * 1e6 };
}
