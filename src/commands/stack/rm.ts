import { Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../cli/stack-command.ts";

export default class StackRm extends StackCommand {
  static override summary = "Remove a stack that holds nothing any more";
  static override examples = ["<%= config.bin %> stack rm host --stack training --yes"];
  static override args = stackArgs;
  static override flags = {
    ...stackFlags,
    yes: Flags.boolean({ char: "y", description: "do it without asking", env: "PDC_YES" }),
    force: Flags.boolean({ description: "also when it still has resources; their objects stay" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackRm);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(args.name, flags), {
      needsProgram: false,
    });
    const name = `${target.project}/${target.stack}`;
    if (
      !(await this.confirm(`This removes the stack ${name} with its history.`, {
        yes: flags.yes,
        word: name,
      }))
    )
      return this.declined();
    await engine.remove(target, { force: flags.force });
    await this.present({
      schema: "pdc.stack.rm/1",
      data: { project: target.project, stack: target.stack },
      text: `${name} is removed`,
    });
  }
}
