import { StackCommand, stackArgs, stackFlags } from "../../cli/stack-command.ts";

export default class StackInit extends StackCommand {
  static override summary = "Make an empty stack";
  static override examples = ["<%= config.bin %> stack init host --stack training"];
  static override args = stackArgs;
  static override flags = stackFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackInit);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { engine, target, backend } = await openStack(await this.selection(args.name, flags), {
      needsProgram: false,
    });
    await engine.init(target);
    const { project, stack } = target;
    await this.present({
      schema: "pdc.stack.init/1",
      data: { project, stack, backend },
      text: `${project}/${stack} is made in ${backend}`,
    });
  }
}
