import { Args, Flags } from "@oclif/core";
import { exitCodes } from "../../cli/exit-codes.ts";
import { StackCommand, stackFlags } from "../../cli/stack-command.ts";

export default class StackCheck extends StackCommand {
  static override summary = "Check a stack before it is deployed: capacity, controls, exchange map, images";
  static override description =
    "Rules over the inventory and the plan, without asking the cluster. Exit code 20 when a mandatory one finds something; those stop `stack up` too.";
  static override examples = [
    "<%= config.bin %> stack check platform --stack production",
    "<%= config.bin %> stack check platform --stack training --json",
  ];
  static override formats: typeof StackCommand.formats = ["table", "plain", "csv", "json", "ndjson"];
  static override args = { name: Args.string({ description: "stack of the toolkit", default: "platform" }) };
  static override flags = {
    stack: stackFlags.stack,
    secrets: Flags.boolean({ description: "also whether every secret can be had on this machine" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackCheck);
    const { checkStack } = await import("../../actions/stack/check.ts");
    const { data, view, text } = await checkStack({
      name: args.name,
      environment: flags.stack,
      inventoryDirectory: await this.inventoryDirectory(),
      secrets: flags.secrets,
    });
    await this.present({
      schema: "pdc.stack.check/1",
      data,
      rows: data.findings,
      ...(this.format === "table" ? { text } : { views: [view] }),
      exitCode: data.mandatory > 0 ? exitCodes.findings : exitCodes.ok,
    });
  }
}
