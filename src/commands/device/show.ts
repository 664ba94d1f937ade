import { Args, Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { deviceAccess, deviceAccessFlags } from "../../cli/device-flags.ts";

export default class DeviceShow extends PdcCommand {
  static override summary = "Show everything a profile knows about one device, in words and units";
  static override description = `Asks the device once for all that its family and the standard MIBs name.

Exit codes: 21 some parts could not be read, 23 no answer, 24 credentials refused.`;
  static override examples = [
    "<%= config.bin %> device show rt-core-1",
    "<%= config.bin %> device show 192.0.2.10 --credential env:COMMUNITY --json",
    "<%= config.bin %> device show 192.0.2.10 --credential env:COMMUNITY --port 1161 --driver net-snmp",
  ];
  static override args = {
    device: Args.string({
      description: "device of the inventory (id or address), or any address",
      required: true,
    }),
  };
  static override flags = {
    ...deviceAccessFlags,
    family: Flags.string({ description: "profile family, instead of recognising it", helpValue: "NAME" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DeviceShow);
    const [{ exitCodeOf, showDevice }, { flatView, showText, showViews }] = await Promise.all([
      import("../../actions/device/show.ts"),
      import("../../actions/device/show-view.ts"),
    ]);
    const show = await showDevice(args.device, {
      ...deviceAccess(flags, await this.context()),
      signal: this.signal,
      family: flags.family,
    });
    const exitCode = exitCodeOf(show.outcome);
    await this.present({
      schema: "pdc.device.show/1",
      data: show,
      text: showText(show),
      views: this.format === "table" ? showViews(show) : [flatView(show)],
      rows: show.components,
      ...(exitCode !== 0 && { exitCode }),
      errors: show.error ? [{ ...show.error, target: show.device }] : [],
    });
  }
}
