import { PdcCommand } from "../../cli/base-command.ts";

export default class AlertList extends PdcCommand {
  static override summary = "List alert rules and channels, and how the channels do";
  static override formats: typeof PdcCommand.formats = ["table", "plain", "json", "ndjson"];
  static override description =
    "Rules and channels stand in alerts/ of the inventory; `pdc alert show --example` gives a file to begin with.";
  static override examples = ["<%= config.bin %> alert list", "<%= config.bin %> alert list --json"];

  async run(): Promise<void> {
    await this.parse(AlertList);
    const { stateDirectory, cacheDirectory } = await this.context();
    const { listAlerts } = await import("../../actions/alert/list.ts");
    const place = { directory: await this.inventoryDirectory(), cacheDirectory };
    const { data, views } = await listAlerts(place, { stateDirectory });
    await this.present({ schema: "pdc.alert.list/1", data, views });
    if (data.channels.length === 0)
      this.progress("No alert channels yet; `pdc alert show --example` gives a file to begin with.");
  }
}
