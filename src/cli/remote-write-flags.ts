/** Flags of a poller that also hands its samples to other time-series databases. */
import { Flags } from "@oclif/core";

export const remoteWriteFlags = {
  "remote-write": Flags.string({
    description: "send samples to this Prometheus remote-write receiver too; repeatable",
    env: "PDC_REMOTE_WRITE",
    helpValue: "URL",
    multiple: true,
  }),
  "remote-write-credential": Flags.string({
    description: "credential (kind password) of the inventory for the receivers",
    env: "PDC_REMOTE_WRITE_CREDENTIAL",
    helpValue: "NAME",
    dependsOn: ["remote-write"],
  }),
};

/** As the action takes them. */
export function remoteWriteOf(flags: {
  "remote-write"?: string[] | undefined;
  "remote-write-credential"?: string | undefined;
}) {
  return { remoteWrite: flags["remote-write"], remoteWriteCredential: flags["remote-write-credential"] };
}
