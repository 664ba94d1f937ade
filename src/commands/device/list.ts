import { Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";

export default class DeviceList extends PdcCommand {
  static override summary = "List devices with their agency, model, family and address";
  static override examples = [
    "<%= config.bin %> device list --role router",
    "<%= config.bin %> device list --agency 'Sở Tài chính'",
  ];
  static override flags = {
    agency: Flags.string({ description: "of this agency and those below it", helpValue: "AGENCY" }),
    site: Flags.string({ description: "at this site", helpValue: "ID" }),
    role: Flags.string({ description: "only this role (router, switch, ups …)", helpValue: "ROLE" }),
    family: Flags.string({ description: "only this profile family", helpValue: "NAME" }),
    tag: Flags.string({ description: "only with this tag", helpValue: "TAG" }),
    date: Flags.string({ description: "agencies as of this day (default: today)", helpValue: "DAY" }),
    limit: Flags.integer({ char: "L", description: "at most so many rows", min: 1 }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(DeviceList);
    const { listDevices } = await import("../../actions/device/list.ts");
    const { cacheDirectory } = await this.context();
    const place = { directory: await this.inventoryDirectory(), cacheDirectory, date: flags.date };
    const { rows, view } = await listDevices(place, flags);
    await this.present({ schema: "pdc.device.list/1", data: rows, views: [view] });
  }
}
