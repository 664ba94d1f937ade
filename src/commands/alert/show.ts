import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { write } from "../../cli/terminal.ts";

export default class AlertShow extends PdcCommand {
  static override summary = "Show alert messages that wait or were refused";
  static override examples = [
    "<%= config.bin %> alert show --channel mail",
    "<%= config.bin %> alert show --example",
  ];
  static override flags = {
    channel: Flags.string({ description: "only of this channel", helpValue: "CHANNEL" }),
    example: Flags.boolean({
      description: "print a file of rules and channels to begin with",
      exclusive: ["channel"],
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(AlertShow);
    const { showAlerts, exampleAlerts } = await import("../../actions/alert/show.ts");
    if (flags.example) return write(process.stdout, exampleAlerts);
    const { stateDirectory, cacheDirectory } = await this.context();
    const inventory = async () => ({ directory: await this.inventoryDirectory(), cacheDirectory });
    const { rows, view } = await showAlerts({ stateDirectory, channel: flags.channel, inventory });
    await this.present({ schema: "pdc.alert.show/1", data: rows, views: [view] });
  }
}
