import { Args, Flags } from "@oclif/core";
import { PdcCommand } from "../../cli/base-command.ts";
import { deviceAccess, deviceAccessFlags } from "../../cli/device-flags.ts";

export default class DeviceWalk extends PdcCommand {
  static override summary = "Walk a device and print its variables as they are";
  static override examples = [
    "<%= config.bin %> device walk rt-core-1 1.3.6.1.2.1.1",
    "<%= config.bin %> device walk 192.0.2.10 -c env:COMMUNITY --output ndjson > walk.ndjson",
  ];
  static override args = {
    device: Args.string({
      description: "device of the inventory (id or address), or any address",
      required: true,
    }),
    oid: Args.string({ description: "where to begin (default: everything)" }),
  };
  static override flags = {
    ...deviceAccessFlags,
    limit: Flags.integer({ char: "L", description: "at most so many variables", min: 1 }),
    "max-duration": Flags.integer({
      description: "at most so many seconds (default 120)",
      min: 1,
      helpValue: "SECONDS",
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DeviceWalk);
    if (args.oid !== undefined && !/^\.?(?:1|\d+(?:\.\d+)+)$/.test(args.oid)) {
      this.error(`${args.oid}: not an OID; write it in numbers, as 1.3.6.1.2.1.1`, { exit: 2 });
    }
    const { walkDevice, walkedVariable, walkView } = await import("../../actions/device/walk.ts");
    const duration = flags["max-duration"];
    const walked = await walkDevice(args.device, {
      ...deviceAccess(flags, await this.context()),
      signal: this.signal,
      ...(args.oid !== undefined && { roots: [args.oid.replace(/^\./, "")] }),
      maxRows: flags.limit,
      ...(duration !== undefined && { maxDurationMs: duration * 1000 }),
    });
    const variables = walked.varBinds.slice(0, flags.limit).map(walkedVariable);
    const isWhole = walked.ending === "end" || (walked.ending === "row-limit" && flags.limit !== undefined);
    const { device, address, ending, durationMs } = walked;
    await this.present({
      schema: "pdc.device.walk/1",
      data: { device, address, ending, durationMs, variables },
      rows: variables,
      views: [walkView(variables)],
      ...(!isWhole && {
        exitCode: 21,
        errors: [
          {
            code: ending,
            message: `the walk ended early: ${walked.error?.message ?? ending}`,
            target: device,
          },
        ],
      }),
    });
  }
}
