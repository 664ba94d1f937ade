import { Args } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class LinkShow extends PdcCommand {
  static override summary = "Show a link: ends, circuit, promises, what stands in for it";
  static override formats: typeof PdcCommand.formats = ["table", "plain", "json", "ndjson"];
  static override examples = ["<%= config.bin %> link show wan-bo-trach-1"];
  static override args = { link: Args.string({ description: "id or circuit id", required: true }) };

  async run(): Promise<void> {
    const { args } = await this.parse(LinkShow);
    const { showLink } = await import("../../actions/link/show.ts");
    const { cacheDirectory } = await this.context();
    const place = { directory: await this.inventoryDirectory(), cacheDirectory };
    const { data, views } = await showLink(place, args.link);
    await this.present({ schema: "pdc.link.show/1", data, views });
  }
}
