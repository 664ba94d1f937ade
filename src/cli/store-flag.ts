/** Which store a command reads or writes. */
import { Flags } from "@oclif/core";

export const storeFlag = {
  store: Flags.string({
    description: "file of the samples [default: samples.db in the state directory]",
    env: "PDC_STORE",
    helpValue: "PATH",
  }),
};
