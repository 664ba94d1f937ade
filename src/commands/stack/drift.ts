import { exitCodes } from "../../cli/exit-codes.ts";
import {
  engineOptions,
  operationFlags,
  StackCommand,
  stackArgs,
  stackFlags,
} from "../../cli/stack-command.ts";

export default class StackDrift extends StackCommand {
  static override summary = "Show what was changed by hand since the last update";
  static override description = "Reads everything and changes nothing; exits with 26 when something differs.";
  static override examples = ["<%= config.bin %> stack drift host --stack production"];
  static override args = stackArgs;
  static override flags = { ...stackFlags, ...operationFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackDrift);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(args.name, flags), {
      needsProgram: false,
    });
    const operation = engine.refresh(target, { ...engineOptions(flags), preview: true });
    const followed = await this.follow(operation, { diff: true, showSame: flags["show-same"] });
    const drifted = followed.model
      .shown()
      .filter(({ op, state }) => state === "done" && (op === "update" || op === "delete"));
    if (followed.result.result === "succeeded" && drifted.length > 0)
      process.exitCode = exitCodes.changesPending;
    await this.presentOperation("drift", followed);
  }
}
