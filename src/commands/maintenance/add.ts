import { Flags } from "@oclif/core";
import { ChangeCommand } from "../../cli/change-command.ts";

export default class MaintenanceAdd extends ChangeCommand {
  static override summary = "Plan a maintenance window, with a diff of the inventory first";
  static override description =
    "While it is open nothing it covers is alarmed, and its time counts neither for nor against availability. Times are by the province's clock.";
  static override examples = [
    "<%= config.bin %> maintenance add --link wan-ba-don-2 --from 2026-12-05T23:00 --until 5h --reason 'VNPT reroutes'",
    "<%= config.bin %> maintenance add --device rt-core-1 --from now --until 30m --reason 'new power supply' --yes",
  ];
  static override flags = {
    reason: Flags.string({ description: "why", required: true, helpValue: "TEXT" }),
    from: Flags.string({ description: "2026-12-05T23:00, or now", required: true, helpValue: "TIME" }),
    until: Flags.string({
      description: "2026-12-06T04:00, or a length: 5h, 30m",
      required: true,
      helpValue: "TIME",
    }),
    agency: Flags.string({ description: "all of this agency and below; repeatable", multiple: true }),
    site: Flags.string({ description: "all of this site; repeatable", multiple: true }),
    device: Flags.string({ description: "this device; repeatable", multiple: true }),
    link: Flags.string({ description: "this link; repeatable", multiple: true }),
    repeat: Flags.option({ description: "again", options: ["daily", "weekly", "monthly"] as const })(),
    "repeat-until": Flags.string({ description: "first day without it", helpValue: "DAY" }),
    id: Flags.string({ description: "its id [default: from what it covers and its day]" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(MaintenanceAdd);
    const { planMaintenance } = await import("../../actions/maintenance/add.ts");
    const options = { ...flags, repeatUntil: flags["repeat-until"] };
    const plan = await planMaintenance(await this.inventoryDirectory(), options);
    await this.carryOut("pdc.maintenance.add/1", plan, flags);
  }
}
