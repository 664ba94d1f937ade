import { Args } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class InventoryShow extends PdcCommand {
  static override summary = "Show one object with all its fields, or what the inventory holds";
  static override examples = [
    "<%= config.bin %> inventory show",
    "<%= config.bin %> inventory show rt-core-1",
    "<%= config.bin %> inventory show site/trung-tam-du-lieu",
  ];
  static override args = {
    id: Args.string({ description: "id of an object; site/ID when several kinds have it" }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(InventoryShow);
    const { showInventory } = await import("../../actions/inventory/show.ts");
    const { cacheDirectory } = await this.context();
    const { data, views } = await showInventory(
      { directory: await this.inventoryDirectory(), cacheDirectory },
      args.id,
    );
    await this.present({ schema: "pdc.inventory.show/1", data, views });
  }
}
