import { Args, Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../../cli/stack-command.ts";

export default class StackStateUnprotect extends StackCommand {
  static override summary = "Take the protection off resources of a stack";
  static override examples = ["<%= config.bin %> stack state unprotect host URN --yes"];
  static override args = {
    ...stackArgs,
    urn: Args.string({ description: "URN; several may follow", required: false }),
  };
  static override strict = false;
  static override flags = {
    ...stackFlags,
    all: Flags.boolean({ description: "every resource" }),
    yes: Flags.boolean({ char: "y", description: "do it without asking", env: "PDC_YES" }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(StackStateUnprotect);
    const { name, rest: urns } = this.split(argv, flags, ["urn…"]);
    if (urns.length === 0 && !flags.all) this.error("name a URN, or --all", { exit: 2 });
    const { editState } = await import("../../../actions/stack/edit-state.ts");
    const { unprotect } = await import("../../../actions/stack/edit-deployment.ts");
    const changes = await editState(
      await this.selection(name, flags),
      (text) => unprotect(text, flags.all ? "all" : urns),
      (lines) => this.confirm(`${lines.join("\n")}\nDo this?`, { yes: flags.yes }),
    );
    if (!changes) return this.declined();
    await this.present({
      schema: "pdc.stack.state.unprotect/1",
      data: changes,
      text: changes.join("\n") || "nothing to do",
    });
  }
}
