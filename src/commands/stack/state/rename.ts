import { Args, Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../../cli/stack-command.ts";

export default class StackStateRename extends StackCommand {
  static override summary = "Give a resource of a stack a new name";
  static override examples = ["<%= config.bin %> stack state rename host URN NEW-NAME --yes"];
  static override args = {
    ...stackArgs,
    urn: Args.string({ description: "URN", required: false }),
    "new-name": Args.string({ description: "the new name", required: false }),
  };
  static override strict = false;
  static override flags = {
    ...stackFlags,

    yes: Flags.boolean({ char: "y", description: "do it without asking", env: "PDC_YES" }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(StackStateRename);
    const { name, values } = this.split(argv, flags, ["urn", "new-name"]);
    const { editState } = await import("../../../actions/stack/edit-state.ts");
    const { rename } = await import("../../../actions/stack/edit-deployment.ts");
    const changes = await editState(
      await this.selection(name, flags),
      (text) => rename(text, values.urn as string, values["new-name"] as string),
      (lines) => this.confirm(`${lines.join("\n")}\nDo this?`, { yes: flags.yes }),
    );
    if (!changes) return this.declined();
    await this.present({
      schema: "pdc.stack.state.rename/1",
      data: changes,
      text: changes.join("\n") || "nothing to do",
    });
  }
}
