import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class MaintenanceList extends PdcCommand {
  static override summary = "List maintenance windows that are open or coming";
  static override description =
    "Times are by the province's clock; a recurring window is told with its next opening.";
  static override examples = [
    "<%= config.bin %> maintenance list",
    "<%= config.bin %> maintenance list --all --json",
  ];
  static override flags = { all: Flags.boolean({ description: "also those that are over" }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(MaintenanceList);
    const { listMaintenance } = await import("../../actions/maintenance/list.ts");
    const { cacheDirectory } = await this.context();
    const place = { directory: await this.inventoryDirectory(), cacheDirectory };
    const { rows, view } = await listMaintenance(place, flags);
    await this.present({ schema: "pdc.maintenance.list/1", data: rows, views: [view] });
  }
}
