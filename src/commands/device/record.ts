import { Args, Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { deviceAccess, deviceAccessFlags } from "../../cli/device-flags.ts";
import type { OutputFormat } from "../../cli/present.ts";

export default class DeviceRecord extends PdcCommand {
  static override summary = "Record a device as an .snmprec file with its texts anonymised";
  static override description =
    `The recording can be played by the lab and by snmpsim. Names, places, aliases, serial numbers and
addresses are replaced; routes, connections, processes, users and communities are left out.
What makers write (descriptions, names of parts) stays. Read the file before you give it away.`;
  static override examples = ["<%= config.bin %> device record rt-core-1 --file core.snmprec"];
  static override formats: readonly OutputFormat[] = ["plain", "json"];
  static override args = {
    device: Args.string({
      description: "device of the inventory (id or address), or any address",
      required: true,
    }),
  };
  static override flags = {
    ...deviceAccessFlags,
    "as-is": Flags.boolean({ description: "leave everything as it is; keep such a file to yourself" }),
    "max-duration": Flags.integer({
      description: "at most so many seconds (default 120)",
      min: 1,
      helpValue: "SECONDS",
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DeviceRecord);
    const { recordDevice } = await import("../../actions/device/record.ts");
    const duration = flags["max-duration"];
    const recording = await recordDevice(args.device, {
      ...deviceAccess(flags, await this.context()),
      signal: this.signal,
      asIs: flags["as-is"],
      ...(duration !== undefined && { maxDurationMs: duration * 1000 }),
    });
    const { variables, leftOut, disguised, family, incomplete, text } = recording;
    this.progress(`${variables} variables of a ${family}: ${disguised} disguised, ${leftOut} left out`);
    await this.present({
      schema: "pdc.device.record/1",
      data: recording,
      render: { plain: () => text },
      ...(incomplete !== undefined && {
        exitCode: 21,
        errors: [
          { code: "incomplete", message: `the walk ended early: ${incomplete}`, target: recording.device },
        ],
      }),
    });
  }
}
