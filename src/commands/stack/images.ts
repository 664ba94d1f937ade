import { Args, Flags } from "@oclif/core";
import { StackCommand, stackFlags } from "../../cli/stack-command.ts";

export default class StackImages extends StackCommand {
  static override summary = "List every image a stack needs, and which the center's registry lacks";
  static override description =
    "--resolve writes their digests to digests/lock.yaml of the inventory, from the registries or from an archive (an OCI layout, as a directory or a tar); the plan then names them by digest. Exit codes: 20 images are absent, 21 some could not be locked, 23 the registry does not answer.";
  static override examples = [
    "<%= config.bin %> stack images platform --stack production",
    "<%= config.bin %> stack images platform --resolve",
    "<%= config.bin %> stack images platform --resolve --archive images.tar",
  ];
  static override formats: typeof StackCommand.formats = ["table", "plain", "csv", "json", "ndjson"];
  static override args = { name: Args.string({ description: "stack of the toolkit", default: "platform" }) };
  static override flags = {
    stack: stackFlags.stack,
    offline: Flags.boolean({ description: "ask no registry", exclusive: ["resolve"] }),
    resolve: Flags.boolean({ description: "write the digests to the inventory's lock file" }),
    archive: Flags.string({
      description: "take the digests from this archive",
      helpValue: "PATH",
      dependsOn: ["resolve"],
    }),
    "accept-moved": Flags.boolean({
      description: "lock what a tag means now, although it was something else",
      dependsOn: ["resolve"],
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackImages);
    const { stackImages } = await import("../../actions/stack/images.ts");
    const { data, view, warnings, exitCode } = await stackImages({
      name: args.name,
      environment: flags.stack,
      inventoryDirectory: await this.inventoryDirectory(),
      isOffline: flags.offline,
      resolve: flags.resolve ? { archive: flags.archive, acceptMoved: flags["accept-moved"] } : undefined,
      signal: this.signal,
    });
    await this.present({
      schema: "pdc.stack.images/1",
      data,
      rows: data.images,
      views: [view],
      warnings,
      exitCode,
    });
  }
}
