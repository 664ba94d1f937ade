import { Args, Flags } from "@oclif/core";
import { ChangeCommand } from "../../cli/change-command.ts";

export default class InventoryRename extends ChangeCommand {
  static override summary = "Give an agency a new name from a day on, with a diff first";
  static override description =
    "The old name is kept with the day it ended: people and older reports still find it.";
  static override examples = [
    "<%= config.bin %> inventory rename xa-quang-kim --name 'Xã Quảng Kim Mới' --on 2025-07-01",
  ];
  static override args = { agency: Args.string({ description: "id, code or name", required: true }) };
  static override flags = {
    name: Flags.string({ description: "the new name", required: true, helpValue: "NAME" }),
    "name-en": Flags.string({ description: "the new English name", helpValue: "NAME" }),
    on: Flags.string({ description: "first day of the new name", required: true, helpValue: "DAY" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(InventoryRename);
    const { planRename } = await import("../../actions/inventory/rename.ts");
    const options = { agency: args.agency, name: flags.name, nameEn: flags["name-en"], on: flags.on };
    await this.carryOut(
      "pdc.inventory.rename/1",
      await planRename(await this.inventoryDirectory(), options),
      flags,
    );
  }
}
