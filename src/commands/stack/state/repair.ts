import { Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../../cli/stack-command.ts";

export default class StackStateRepair extends StackCommand {
  static override summary = "Put resources after what they need, drop references to nothing";
  static override examples = ["<%= config.bin %> stack state repair host --yes"];
  static override args = stackArgs;
  static override flags = {
    ...stackFlags,
    yes: Flags.boolean({ char: "y", description: "do it without asking", env: "PDC_YES" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackStateRepair);
    const { editState } = await import("../../../actions/stack/edit-state.ts");
    const { repair } = await import("../../../actions/stack/edit-deployment.ts");
    const changes = await editState(
      await this.selection(args.name, flags),
      (text) => repair(text),
      (lines) => this.confirm(`${lines.join("\n")}\nDo this?`, { yes: flags.yes }),
      // A state that is whole needs no repair.
      { unverified: true },
    );
    if (!changes) return this.declined();
    await this.present({
      schema: "pdc.stack.state.repair/1",
      data: changes,
      text: changes.join("\n") || "nothing to do",
    });
  }
}
