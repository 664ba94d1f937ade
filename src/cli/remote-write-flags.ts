/** Flags of a poller that also hands its samples to other time-series databases. */
import { Flags } from "@oclif/core";
import type { RemoteReceiver } from "../actions/poll/remote-writing.ts";
import { UsageError } from "./usage-error.ts";

export const remoteWriteFlags = {
  "remote-write": Flags.string({
    description:
      "send samples to this Prometheus remote-write receiver too; repeatable [default: remoteWrite of pdc.yaml]",
    env: "PDC_REMOTE_WRITE",
    helpValue: "URL",
    multiple: true,
  }),
  "remote-write-credential": Flags.string({
    description: "credential (kind password) of the inventory for the receivers",
    env: "PDC_REMOTE_WRITE_CREDENTIAL",
    helpValue: "NAME",
  }),
};

/** As the action takes them: those of flags or environment, else of pdc.yaml. @throws an error of usage (2) */
export function remoteWriteOf(
  flags: { "remote-write"?: string[] | undefined; "remote-write-credential"?: string | undefined },
  settings: readonly RemoteReceiver[],
): { remoteWrite: readonly RemoteReceiver[] } {
  const credential = flags["remote-write-credential"];
  const named = flags["remote-write"]?.map((url) => ({ url }));
  const receivers = named ?? settings;
  if (credential === undefined) return { remoteWrite: receivers };
  if (receivers.length === 0)
    throw new UsageError(
      "--remote-write-credential is for receivers, and there are none",
      "name one with --remote-write, or under remoteWrite in pdc.yaml",
    );
  return { remoteWrite: receivers.map(({ url }) => ({ url, credential })) };
}
