import { relative } from "node:path";
import { Args, Flags } from "@oclif/core";
import { PdcCommand } from "../cli/base-command.ts";

export default class Init extends PdcCommand {
  static override summary = "Make the inventory and settings of a center of your own";
  static override formats: typeof PdcCommand.formats = ["table", "plain", "json"];
  static override description = "Writes into a new or empty directory only.";
  static override examples = ['<%= config.bin %> init quang-tri --name "Tỉnh Quảng Trị"'];
  static override args = { directory: Args.string({ description: "new directory", required: true }) };
  static override flags = {
    name: Flags.string({ description: "name of the province or organisation", helpValue: "NAME" }),
    id: Flags.string({ description: "its id (default: from the name)", helpValue: "ID" }),
    lang: Flags.option({
      description: "language of reports",
      options: ["vi", "en"] as const,
      default: "vi" as const,
    })(),
    "time-zone": Flags.string({ description: "IANA name", default: "Asia/Ho_Chi_Minh", helpValue: "ZONE" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Init);
    const { initCenter } = await import("../actions/init/init.ts");
    const result = await initCenter(args.directory, {
      ...(flags.name !== undefined && { name: flags.name }),
      ...(flags.id !== undefined && { id: flags.id }),
      language: flags.lang,
      timeZone: flags["time-zone"],
    });
    const near = relative(process.cwd(), result.directory) || ".";
    const where = near.startsWith("..") ? result.directory : near;
    await this.present({
      schema: "pdc.init/1",
      data: result,
      text: [
        `Made ${result.files.length} files in ${where}:`,
        ...result.files.map((file) => `  ${file}`),
        "",
        "Next:",
        `  cd ${where}`,
        "  export PDC_SNMP_READ=…         the community that credential snmp-read names",
        "  pdc inventory import --help    bring in CSV or NetBox, in place of the samples",
        "  pdc inventory validate         check it after every change",
        "  pdc poll                       ask the devices once",
        "  pdc report agency              who is healthy and who is not",
      ].join("\n"),
    });
  }
}
