import { Args, Flags } from "@oclif/core";
import { ChangeCommand } from "../../cli/change-command.ts";

export default class InventoryMerge extends ChangeCommand {
  static override summary = "Merge agencies into one from a day on, with a diff first";
  static override description =
    "The merged agencies stay with the day they ended; their sites, the agencies below them, their systems and open maintenance windows go to the target. A target that is not there is made, with the kind and parent of the first; it needs --name.";
  static override examples = [
    "<%= config.bin %> inventory merge xa-tan-trach xa-thuong-trach --into xa-thuong-trach-moi --name 'Xã Thượng Trạch' --code 19147 --on 2025-07-01",
    "<%= config.bin %> inventory merge xa-my-trach --into xa-ha-trach --on 2025-07-01 --dry-run",
  ];
  static override strict = false;
  static override args = {
    agencies: Args.string({ description: "agencies that end: ids, codes or names", required: true }),
  };
  static override flags = {
    into: Flags.string({
      description: "the agency they become part of",
      required: true,
      helpValue: "AGENCY",
    }),
    on: Flags.string({ description: "first day of the merged agency", required: true, helpValue: "DAY" }),
    name: Flags.string({ description: "its name from that day", helpValue: "NAME" }),
    "name-en": Flags.string({ description: "its English name", helpValue: "NAME" }),
    code: Flags.string({ description: "its code from that day", helpValue: "CODE" }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(InventoryMerge);
    const { planMerge } = await import("../../actions/inventory/merge.ts");
    const { into, on, name, code } = flags;
    const options = { sources: argv as string[], into, on, name, nameEn: flags["name-en"], code };
    await this.carryOut(
      "pdc.inventory.merge/1",
      await planMerge(await this.inventoryDirectory(), options),
      flags,
    );
  }
}
