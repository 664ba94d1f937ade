import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class AlertTest extends PdcCommand {
  static override summary = "Send a test message over alert channels";
  static override description =
    `To every channel, or to those named. Nothing is queued: what fails is told at once.

Exit codes: 0 all took it, 21 some did not, 23 none did.`;
  static override examples = [
    "<%= config.bin %> alert test --channel mail",
    "<%= config.bin %> alert test --json",
  ];
  static override flags = {
    channel: Flags.string({
      description: "only this channel; repeatable",
      multiple: true,
      helpValue: "CHANNEL",
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(AlertTest);
    const { cacheDirectory } = await this.context();
    const { testAlerts } = await import("../../actions/alert/test.ts");
    const place = { directory: await this.inventoryDirectory(), cacheDirectory };
    const { rows, view, exitCode } = await testAlerts(place, { channels: flags.channel ?? [] });
    await this.present({ schema: "pdc.alert.test/1", data: rows, views: [view], exitCode });
  }
}
