import { Args, Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../../cli/stack-command.ts";

export default class StackStateDelete extends StackCommand {
  static override summary = "Forget resources of a stack; their objects stay";
  static override examples = ["<%= config.bin %> stack state delete host URN --yes"];
  static override args = {
    ...stackArgs,
    urn: Args.string({ description: "URN; several may follow", required: false }),
  };
  static override strict = false;
  static override flags = {
    ...stackFlags,
    "target-dependents": Flags.boolean({ description: "also what needs them" }),
    force: Flags.boolean({ description: "also protected ones" }),
    yes: Flags.boolean({ char: "y", description: "do it without asking", env: "PDC_YES" }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(StackStateDelete);
    const { name, values, rest } = this.split(argv, flags, ["urn", "urn…"]);
    const urns = [values.urn as string, ...rest];
    const { editState } = await import("../../../actions/stack/edit-state.ts");
    const { forget } = await import("../../../actions/stack/edit-deployment.ts");
    const changes = await editState(
      await this.selection(name, flags),
      (text) => forget(text, urns, { force: flags.force, dependents: flags["target-dependents"] }),
      (lines) => this.confirm(`${lines.join("\n")}\nDo this?`, { yes: flags.yes }),
    );
    if (!changes) return this.declined();
    await this.present({
      schema: "pdc.stack.state.delete/1",
      data: changes,
      text: changes.join("\n") || "nothing to do",
    });
  }
}
