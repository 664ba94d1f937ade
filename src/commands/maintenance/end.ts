import { Args } from "@oclif/core";
import { ChangeCommand } from "../../cli/change-command.ts";

export default class MaintenanceEnd extends ChangeCommand {
  static override summary = "End a maintenance window now, with a diff of the inventory first";
  static override description =
    "One that recurs ends its present opening as planned, and does not open again.";
  static override examples = ["<%= config.bin %> maintenance end bo-trach-ups"];
  static override args = { id: Args.string({ description: "id of the window", required: true }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MaintenanceEnd);
    const { planMaintenanceEnd } = await import("../../actions/maintenance/end.ts");
    const plan = await planMaintenanceEnd(await this.inventoryDirectory(), args);
    await this.carryOut("pdc.maintenance.end/1", plan, flags);
  }
}
