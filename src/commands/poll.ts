import { Flags } from "@oclif/core";
import { PdcCommand } from "../cli/base-command.ts";
import { receiveFlags } from "../cli/receive-flags.ts";
import { remoteWriteFlags, remoteWriteOf } from "../cli/remote-write-flags.ts";
import { boundedStoreFlags, storeSizeOf } from "../cli/store-flag.ts";
import { write } from "../cli/terminal.ts";

export default class Poll extends PdcCommand {
  static override rereadsOnHangUp = true;
  static override summary = "Poll the inventory's devices over SNMP and keep the samples";
  static override description =
    `Once, or with --every as a service: it keeps its clock, reads the inventory again on SIGHUP, ends on SIGTERM.

Exit codes: 0 every device answered in full, 21 some did not, 23 none did, 24 all refused the credentials, 25 another poller writes to the store.`;
  static override examples = [
    "<%= config.bin %> poll",
    "<%= config.bin %> poll --agency dong-hoi --json",
    "<%= config.bin %> poll --every 60s --shard 1/2 --traps 127.0.0.1:1162",
  ];
  static override flags = {
    once: Flags.boolean({ description: "one cycle (the default)", exclusive: ["every"] }),
    every: Flags.string({
      description: "as a service: a cycle every 60s, 5m …",
      env: "PDC_POLL_EVERY",
      helpValue: "PERIOD",
    }),
    target: Flags.string({
      char: "t",
      aliases: ["device"],
      description: "only this device (id or address); repeatable",
      multiple: true,
      helpValue: "DEVICE",
    }),
    agency: Flags.string({
      description: "only devices of this agency and below; repeatable",
      multiple: true,
    }),
    shard: Flags.string({
      description: "only this poller's share of the devices",
      env: "PDC_POLL_SHARD",
      helpValue: "I/N",
    }),
    driver: Flags.option({
      options: ["pdc", "snmp-native", "net-snmp"] as const,
      description: "SNMP driver for every device, instead of the inventory's",
    })(),
    ...receiveFlags,
    ...remoteWriteFlags,
    deadline: Flags.string({
      description: "longest a cycle may take [default: 2m, or nine tenths of --every]",
      helpValue: "DURATION",
    }),
    ...boundedStoreFlags,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Poll);
    const { cacheDirectory, stateDirectory, remoteWrite } = await this.context();
    const inventoryDirectory = await this.inventoryDirectory();
    const { poll } = await import("../actions/poll.ts");
    const { cycleReport, serviceWords } = await import("../actions/poll/summary.ts");
    const format = this.format === "json" || this.format === "ndjson" ? "json" : "text";
    for await (const event of poll({
      ...flags,
      devices: flags.target,
      agencies: flags.agency,
      ...remoteWriteOf(flags, remoteWrite),
      ...storeSizeOf(flags),
      inventoryDirectory,
      cacheDirectory,
      stateDirectory,
      signal: this.signal,
    })) {
      if (event.kind === "cycle" && !flags.every) return this.present(cycleReport(event.report));
      const { line, progress } = serviceWords(event, format);
      if (progress !== undefined) this.progress(progress);
      if (line !== undefined) await write(process.stdout, line);
    }
  }
}
