import { Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../cli/stack-command.ts";

export default class StackCancel extends StackCommand {
  static override summary = "Remove a lock whose owner is gone and finish what it left";
  static override description =
    "The lock of a live owner goes only with its id, which the refusal of another command names.";
  static override examples = ["<%= config.bin %> stack cancel host"];
  static override args = stackArgs;
  static override flags = {
    ...stackFlags,
    "lock-id": Flags.string({ description: "remove this lock, live or not", helpValue: "ID" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackCancel);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(args.name, flags), {
      needsProgram: false,
    });
    const lockId = flags["lock-id"];
    const lines = await engine.cancel(target, lockId === undefined ? {} : { lockId });
    await this.present({
      schema: "pdc.stack.cancel/1",
      data: lines,
      text: lines.join("\n") || "there is no lock",
    });
  }
}
