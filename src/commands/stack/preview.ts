import { writeFile } from "node:fs/promises";
import { Flags } from "@oclif/core";
import {
  engineOptions,
  operationFlags,
  StackCommand,
  stackArgs,
  stackFlags,
} from "../../cli/stack-command.ts";

export default class StackPreview extends StackCommand {
  static override summary = "Show what an update of a stack would do";
  static override examples = [
    "<%= config.bin %> stack preview host --stack training --diff",
    "<%= config.bin %> stack preview host --save-plan plan.json",
  ];
  static override args = stackArgs;
  static override flags = {
    ...stackFlags,
    ...operationFlags,
    refresh: Flags.boolean({ char: "r", description: "read everything first" }),
    replace: Flags.string({
      description: "replace this URN although nothing about it changed",
      multiple: true,
      helpValue: "URN",
    }),
    "save-plan": Flags.string({ description: "write the plan here, for `up --plan`", helpValue: "PATH" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackPreview);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { gateNotice } = await import("../../actions/stack/check.ts");
    const selection = await this.selection(args.name, flags);
    const { engine, target } = await openStack(selection, { needsProgram: true });
    const notice = await gateNotice(selection.name, flags.stack, selection.inventoryDirectory);
    const savePlan = flags["save-plan"];
    const operation = engine.preview(target, {
      ...engineOptions(flags),
      refresh: flags.refresh,
      ...(flags.replace && { replace: flags.replace }),
      savePlan: savePlan !== undefined,
    });
    const followed = await this.follow(operation, { diff: flags.diff, showSame: flags["show-same"] });
    if (savePlan !== undefined && followed.result.plan !== undefined) {
      await writeFile(savePlan, followed.result.plan, { mode: 0o600 });
      this.progress(`plan written to ${savePlan}`);
    }
    if (notice !== undefined) this.progress(notice);
    await this.presentOperation("preview", followed);
  }
}
