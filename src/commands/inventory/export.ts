import { Flags } from "@oclif/core";
import { TABLES } from "../../actions/inventory/names.ts";
import { PdcCommand } from "../../cli/base-command.ts";
import type { OutputFormat } from "../../cli/present.ts";

export default class InventoryExport extends PdcCommand {
  static override summary = "Give the inventory to other programs: CSV, JSON, Ansible";
  static override description =
    "CSV gives one table, safe to open in a spreadsheet, that `inventory import` reads back; --dir gives all tables. With --list or --host it is a dynamic inventory for Ansible: call it from an executable script.";
  static override examples = [
    "<%= config.bin %> inventory export --table devices --output csv --file devices.csv",
    "<%= config.bin %> inventory export --dir tables",
    "<%= config.bin %> inventory export --list",
  ];
  static override formats: readonly OutputFormat[] = ["json", "csv"];
  static override flags = {
    table: Flags.option({ description: "table of CSV", options: TABLES, default: "devices" as const })(),
    dir: Flags.string({ description: "write every table as CSV into this directory", helpValue: "DIR" }),
    list: Flags.boolean({ description: "all hosts, as Ansible asks", exclusive: ["host", "dir"] }),
    host: Flags.string({ description: "one host, as Ansible asks", helpValue: "NAME", exclusive: ["dir"] }),
    date: Flags.string({ description: "agencies as of this day", helpValue: "DAY" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(InventoryExport);
    const { exportForAnsible, exportInventory, exportTables } = await import(
      "../../actions/inventory/export.ts"
    );
    const { cacheDirectory } = await this.context();
    const place = { directory: await this.inventoryDirectory(), cacheDirectory, date: flags.date };
    if (flags.list || flags.host !== undefined) {
      const data = await exportForAnsible(place, flags.host);
      const json = () => `${JSON.stringify(data, null, 2)}\n`;
      await this.present({ schema: "pdc.inventory.ansible/1", data, render: { json, csv: json } });
    } else if (flags.dir !== undefined) {
      const { render } = await import("../../cli/present.ts");
      const { writeFileWhole } = await import("../../cli/write-file.ts");
      for (const [table, view] of await exportTables(place)) {
        const path = `${flags.dir}/${table}.csv`;
        await writeFileWhole(path, await render({ schema: "", data: undefined, views: [view] }, "csv"));
        this.progress(`wrote ${path}`);
      }
    } else {
      const { data, view } = await exportInventory(place, flags.table);
      await this.present({ schema: "pdc.inventory.export/1", data, views: [view] });
    }
  }
}
