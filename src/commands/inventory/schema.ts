import { dirname, join } from "node:path";
import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class InventorySchema extends PdcCommand {
  static override summary = "Write the JSON Schemas that editors check inventory files with";
  static override description =
    "Beside the inventory, in schema/, where the first line of each file looks for them.";
  static override examples = [
    "<%= config.bin %> inventory schema",
    "<%= config.bin %> inventory schema --dir inventory/schema",
  ];
  static override flags = {
    dir: Flags.string({ description: "directory of the schemas", helpValue: "DIR" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(InventorySchema);
    const { writeSchemas } = await import("../../actions/inventory/schema.ts");
    const directory = flags.dir ?? join(dirname(await this.inventoryDirectory()), "schema");
    const rows = (await writeSchemas(directory)).map(({ path, isWritten }) => ({ path, written: isWritten }));
    await this.present({
      schema: "pdc.inventory.schema/1",
      data: rows,
      views: [
        {
          columns: [
            { key: "path", header: "SCHEMA", dropOrder: 0 },
            { key: "written", header: "RENEWED" },
          ],
          rows,
        },
      ],
    });
  }
}
