import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { exitCodes } from "../../cli/exit-codes.ts";

export default class ReportOutbox extends PdcCommand {
  static override summary = "List mails with reports that wait for their server, or send them";
  static override description =
    `What \`pdc report schedule\` could not mail waits on disk. The poller tries it again by itself, less and less often, for thirty days; a server that refuses a mail three times is not asked again until --send.

Exit codes: 21 with --send when something still waits.`;
  static override examples = ["<%= config.bin %> report outbox", "<%= config.bin %> report outbox --send"];
  static override flags = {
    send: Flags.boolean({ description: "try all of them now, those given up too" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ReportOutbox);
    const { cacheDirectory, stateDirectory } = await this.context();
    const { outboxView, reportOutbox } = await import("../../actions/report/outbox.ts");
    // Listing needs no inventory; sending does, for the login.
    const directory = flags.send ? await this.inventoryDirectory() : "";
    const outbox = await reportOutbox({ directory, cacheDirectory }, { stateDirectory, send: flags.send });
    for (const subject of outbox.sent) this.progress(`mailed ${subject}`);
    if (outbox.isBusy) this.progress("another process is sending them");
    await this.present({
      schema: "pdc.report.outbox/1",
      data: outbox,
      views: [outboxView(outbox)],
      exitCode: flags.send && outbox.waiting.length > 0 ? exitCodes.partial : exitCodes.ok,
    });
    if (outbox.waiting.length === 0) this.progress("No mail waits.");
  }
}
