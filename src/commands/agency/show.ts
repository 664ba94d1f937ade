import { Args, Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class AgencyShow extends PdcCommand {
  static override summary = "Show an agency: names, parents, sites, devices, links";
  static override formats: typeof PdcCommand.formats = ["table", "plain", "json", "ndjson"];
  static override description =
    "Found by id, code, alias, or a name it has or had, with or without Vietnamese marks.";
  static override examples = [
    "<%= config.bin %> agency show xa-tan-trach",
    "<%= config.bin %> agency show 'tan trach' --date 2025-06-30",
  ];
  static override args = { agency: Args.string({ description: "id, code or name", required: true }) };
  static override flags = {
    date: Flags.string({ description: "as of this day (default: today)", helpValue: "DAY" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AgencyShow);
    const { showAgency } = await import("../../actions/agency/show.ts");
    const { cacheDirectory } = await this.context();
    const place = { directory: await this.inventoryDirectory(), cacheDirectory, date: flags.date };
    const { data, views } = await showAgency(place, args.agency);
    await this.present({ schema: "pdc.agency.show/1", data, views });
  }
}
