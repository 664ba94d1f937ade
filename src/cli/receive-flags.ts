/** Flags of a poller that also listens: what devices tell by themselves lets them be polled before their turn. */
import { Flags } from "@oclif/core";

export const receiveFlags = {
  traps: Flags.string({
    description: "receive SNMP traps and informs here, as hints to poll a device early",
    env: "PDC_POLL_TRAPS",
    helpValue: "ADDRESS:PORT",
    dependsOn: ["every"],
  }),
  syslog: Flags.string({
    description: "receive syslog here (UDP and TCP), as hints to poll a device early",
    env: "PDC_POLL_SYSLOG",
    helpValue: "ADDRESS:PORT",
    dependsOn: ["every"],
  }),
};
