import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class AgencyList extends PdcCommand {
  static override summary = "List the agencies of a day, in the order of the tree";
  static override examples = [
    "<%= config.bin %> agency list --kind commune",
    "<%= config.bin %> agency list --date 2025-06-30",
  ];
  static override flags = {
    kind: Flags.option({
      description: "only this kind",
      options: ["province", "department", "district", "commune", "unit"] as const,
    })(),
    date: Flags.string({ description: "the tree of this day (default: today)", helpValue: "DAY" }),
    limit: Flags.integer({ char: "L", description: "at most so many rows", min: 1 }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(AgencyList);
    const { listAgencies } = await import("../../actions/agency/list.ts");
    const { cacheDirectory } = await this.context();
    const place = { directory: await this.inventoryDirectory(), cacheDirectory, date: flags.date };
    const { rows, view } = await listAgencies(place, flags);
    await this.present({ schema: "pdc.agency.list/1", data: rows, views: [view] });
  }
}
