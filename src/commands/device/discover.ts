import { Args, Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { deviceAccess, deviceAccessFlags } from "../../cli/device-flags.ts";

const { credential: _, ...accessFlags } = deviceAccessFlags;

export default class DeviceDiscover extends PdcCommand {
  static override summary = "Find devices in prefixes, or check those of the inventory; name their families";
  static override examples = [
    "<%= config.bin %> device discover 10.20.0.0/24 --credential env:COMMUNITY",
    "<%= config.bin %> device discover --json",
  ];
  static override strict = false;
  static override args = {
    prefix: Args.string({ description: "prefixes or addresses (default: the devices of the inventory)" }),
  };
  static override flags = {
    ...accessFlags,
    credential: Flags.string({
      char: "c",
      description: "tried in order: credentials of the inventory, env:VARIABLE, file:PATH, public",
      multiple: true,
      helpGroup: "ACCESS",
      helpValue: "NAME",
    }),
    rate: Flags.integer({ description: "addresses begun per second", default: 200, min: 1, max: 5000 }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(DeviceDiscover);
    const { discoverDevices, discoveryView } = await import("../../actions/device/discover.ts");
    const { credential, ...access } = flags;
    const report = await discoverDevices({
      ...deviceAccess(access, await this.context()),
      prefixes: argv as string[],
      credentials: credential ?? [],
      ratePerSecond: flags.rate,
      signal: this.signal,
      onFound: (found) =>
        this.progress(`${found.address} ${found.family ?? found.outcome} ${found.name ?? ""}`.trimEnd()),
    });
    this.progress(`${report.answered} of ${report.asked} addresses answered`);
    await this.present({
      schema: "pdc.device.discover/1",
      data: report,
      rows: report.found,
      views: [discoveryView(report)],
      ...(report.answered === 0 && { exitCode: 23 }),
    });
  }
}
