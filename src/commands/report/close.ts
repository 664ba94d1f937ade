import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { exitCodes } from "../../cli/exit-codes.ts";
import type { OutputFormat } from "../../cli/present.ts";

export default class ReportClose extends PdcCommand {
  static override formats: readonly OutputFormat[] = ["table", "plain", "json"];
  static override summary = "Close a month: its numbers are written down for good, with a digest";
  static override description =
    `Kept are the numbers of links, agencies, carriers, communes and incidents, the revision of the inventory, the version of pdc, and the SHA-256 of the numbers. Run again it compares; what differs is only stated anew with --restate, beside what was closed.

Exit codes: 26 the month is closed and the numbers are others now; 27 the closed numbers are damaged.`;
  static override examples = [
    "<%= config.bin %> report close --month 2026-10",
    "<%= config.bin %> report close --month 2026-10 --store shard-1.db --store shard-2.db",
    "<%= config.bin %> report close --month 2026-10 --restate 'VNPT proved the power cut of 12 October'",
  ];
  static override flags = {
    month: Flags.string({ description: "which", required: true, helpValue: "2026-10" }),
    restate: Flags.string({ description: "state the numbers anew, and why", helpValue: "REASON" }),
    by: Flags.string({ description: "who says so [default: the user]", helpValue: "NAME" }),
    store: Flags.string({
      description:
        "file of the samples; repeatable, for pollers that share the province: the month is written into the first [default: samples.db in the state directory]",
      env: "PDC_STORE",
      helpValue: "PATH",
      multiple: true,
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ReportClose);
    const { cacheDirectory, stateDirectory } = await this.context();
    const inventoryDirectory = await this.inventoryDirectory();
    const { closeMonth } = await import("../../actions/report/close.ts");
    const { closingWords } = await import("../../actions/report/closing-words.ts");
    const closing = await closeMonth({
      ...flags,
      inventoryDirectory,
      cacheDirectory,
      stateDirectory,
      toolVersion: this.config.version,
      signal: this.signal,
    });
    await this.present({
      schema: "pdc.report.close/1",
      data: closing,
      text: closingWords(closing),
      exitCode: closing.outcome === "differs" ? exitCodes.changesPending : 0,
    });
  }
}
