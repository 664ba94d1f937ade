import { Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../../cli/stack-command.ts";

export default class StackStateAccept extends StackCommand {
  static override summary = "Accept a state that neither pdc nor the Pulumi CLI wrote";
  static override description =
    "pdc seals the state with a key from the stack's passphrase and refuses one that was changed by hand (27). This " +
    "shows what differs from the sealed one, as far as a backup tells, and seals what is there.";
  static override examples = ["<%= config.bin %> stack state accept host"];
  static override args = stackArgs;
  static override flags = {
    ...stackFlags,
    yes: Flags.boolean({ char: "y", description: "do it without asking", env: "PDC_YES" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackStateAccept);
    const { openStack } = await import("../../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(args.name, flags), {
      needsProgram: false,
    });
    const differences = await engine.acceptState(target, (lines) =>
      this.confirm(`${lines.join("\n")}\nIs this what the state shall be?`, { yes: flags.yes }),
    );
    if (!differences) return this.declined();
    await this.present({
      schema: "pdc.stack.state.accept/1",
      data: differences,
      text: differences.join("\n") || "nothing to accept: the state is the one that was written last",
    });
  }
}
