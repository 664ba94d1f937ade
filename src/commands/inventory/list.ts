import { Flags } from "@oclif/core";
import { KINDS } from "../../actions/inventory/names.ts";
import { PdcCommand } from "../../cli/base-command.ts";

export default class InventoryList extends PdcCommand {
  static override summary = "List the objects of one kind, devices unless said otherwise";
  static override examples = [
    "<%= config.bin %> inventory list",
    "<%= config.bin %> inventory list --kind links --output csv",
  ];
  static override flags = {
    kind: Flags.option({ description: "which kind", options: KINDS, default: "devices" as const })(),
    date: Flags.string({ description: "as of this day", helpValue: "DAY" }),
    limit: Flags.integer({ char: "L", description: "at most so many rows", min: 1 }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(InventoryList);
    const { listInventory } = await import("../../actions/inventory/list.ts");
    const { cacheDirectory } = await this.context();
    const place = { directory: await this.inventoryDirectory(), cacheDirectory, date: flags.date };
    const { rows, view } = await listInventory(place, flags);
    await this.present({ schema: "pdc.inventory.list/1", data: rows, views: [view] });
  }
}
