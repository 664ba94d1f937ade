import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { exitCodes } from "../../cli/exit-codes.ts";

export default class InventoryValidate extends PdcCommand {
  static override summary = "Check the inventory: every problem at once, with file, line and column";
  static override description = "Exits with 22 when something is wrong. Nothing is sent to any device.";
  static override examples = [
    "<%= config.bin %> inventory validate",
    "<%= config.bin %> inventory validate --inventory inventory/quang-binh",
  ];
  static override flags = {
    secrets: Flags.boolean({ description: "also see whether the secrets of all credentials can be read" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(InventoryValidate);
    const { validateInventory } = await import("../../actions/inventory/validate.ts");
    const { data, view, faults } = await validateInventory(await this.inventoryDirectory(), flags);
    await this.present({
      schema: "pdc.inventory.validate/1",
      data,
      views: [view],
      errors: faults,
      exitCode: faults.length > 0 ? exitCodes.badInput : exitCodes.ok,
    });
  }
}
