import { Flags } from "@oclif/core";
import type { ImportSource } from "../../actions/inventory/import.ts";
import { TABLES } from "../../actions/inventory/names.ts";
import { ChangeCommand } from "../../cli/change-command.ts";
import { exitCodes } from "../../cli/exit-codes.ts";

export default class InventoryImport extends ChangeCommand {
  static override summary = "Bring objects in from CSV or NetBox, with a diff first";
  static override description =
    "New objects go to <kind>/imported.yaml; known ones change only in the fields that the source gives (never in their parents); nothing is removed. CSV has the columns of `inventory export`, lists with | between. NetBox is asked over its REST API (3.3 or later) or read from saved JSON: sites, tenants, devices, interfaces, addresses, circuits, prefixes; custom fields pdc_kind and pdc_code of tenants, pdc_profile and pdc_credential of devices say what it has no word for.";
  static override examples = [
    "<%= config.bin %> inventory import --csv devices.csv --table devices",
    "<%= config.bin %> inventory import --netbox https://netbox.example --token-env NETBOX_TOKEN --credential snmp-v2c",
    "<%= config.bin %> inventory import --netbox-saved netbox/ --credential snmp-v2c --dry-run",
  ];
  static override flags = {
    csv: Flags.string({
      description: "a CSV file",
      helpValue: "FILE",
      exactlyOne: ["csv", "netbox", "netbox-saved"],
    }),
    table: Flags.option({
      description: "what the CSV file holds",
      options: TABLES,
      default: "devices" as const,
    })(),
    netbox: Flags.string({ description: "address of a NetBox", helpValue: "URL" }),
    "netbox-saved": Flags.string({
      description: "saved answers of a NetBox: a folder or a file",
      helpValue: "PATH",
    }),
    "token-env": Flags.string({
      description: "variable with the token",
      helpValue: "NAME",
      default: "NETBOX_TOKEN",
    }),
    "token-file": Flags.string({ description: "file (0600) with the token", helpValue: "PATH" }),
    credential: Flags.string({ description: "credential of devices that name none", helpValue: "ID" }),
    agency: Flags.string({ description: "agency of sites without a tenant", helpValue: "ID" }),
    "upstream-side": Flags.option({
      description: "side of circuits nearer to the center",
      options: ["A", "Z"] as const,
      default: "A" as const,
    })(),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(InventoryImport);
    const { planImport } = await import("../../actions/inventory/import.ts");
    const source = this.#source(flags);
    const context = { signal: this.signal, progress: (line: string) => this.progress(line) };
    const plan = await planImport(await this.inventoryDirectory(), source, context);
    await this.carryOut("pdc.inventory.import/1", plan, flags);
  }

  #source(flags: Record<string, unknown> & { table: (typeof TABLES)[number] }): ImportSource {
    const text = (name: string) => flags[name] as string | undefined;
    const csv = text("csv");
    if (csv !== undefined) return { from: "csv", file: csv, table: flags.table };
    const credential = text("credential");
    if (credential === undefined)
      this.error("--credential: name one for the devices", { exit: exitCodes.usage });
    const options = { credential, agency: text("agency"), upstreamSide: text("upstream-side") as "A" | "Z" };
    const saved = text("netbox-saved");
    if (saved !== undefined) return { from: "netbox-saved", path: saved, ...options };
    const file = text("token-file");
    const token = file === undefined ? { env: text("token-env")! } : { file };
    return { from: "netbox-api", url: text("netbox")!, token, ...options };
  }
}
