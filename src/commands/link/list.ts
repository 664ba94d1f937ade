import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class LinkList extends PdcCommand {
  static override summary = "List links with their carrier, circuit and committed rate";
  static override examples = [
    "<%= config.bin %> link list --wan --carrier VNPT",
    "<%= config.bin %> link list --agency 'bo trach' --date 2025-06-30",
  ];
  static override flags = {
    agency: Flags.string({ description: "links that bring this agency in", helpValue: "AGENCY" }),
    kind: Flags.string({
      description: "only this kind (fiber, cellular, satellite, lan …)",
      helpValue: "KIND",
    }),
    carrier: Flags.string({ description: "only this carrier", helpValue: "NAME" }),
    wan: Flags.boolean({ description: "without LAN links" }),
    date: Flags.string({ description: "as of this day (default: today)", helpValue: "DAY" }),
    limit: Flags.integer({ char: "L", description: "at most so many rows", min: 1 }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LinkList);
    const { listLinks } = await import("../../actions/link/list.ts");
    const { cacheDirectory } = await this.context();
    const place = { directory: await this.inventoryDirectory(), cacheDirectory, date: flags.date };
    const { rows, view } = await listLinks(place, flags);
    await this.present({ schema: "pdc.link.list/1", data: rows, views: [view] });
  }
}
