import { Flags } from "@oclif/core";
import { changeFlags, engineOptions, StackCommand, stackArgs, stackFlags } from "../../cli/stack-command.ts";

export default class StackDestroy extends StackCommand {
  static override summary = "Destroy everything a stack holds";
  static override description = "Shows what will go and asks for the stack's name; in a pipe it needs --yes.";
  static override examples = ["<%= config.bin %> stack destroy host --stack training"];
  static override args = stackArgs;
  static override flags = {
    ...stackFlags,
    ...changeFlags,
    refresh: Flags.boolean({ char: "r", description: "read everything first" }),
    "exclude-protected": Flags.boolean({ description: "leave what is protected, and what it needs" }),
    "run-program": Flags.boolean({ description: "run the program first, for providers' configuration" }),
    "preview-only": Flags.boolean({ description: "only show it" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackDestroy);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(args.name, flags), {
      needsProgram: flags["run-program"],
    });
    const view = { diff: flags.diff, showSame: flags["show-same"] };
    const options = {
      ...engineOptions(flags),
      refresh: flags.refresh,
      excludeProtected: flags["exclude-protected"],
      runProgram: flags["run-program"],
    };
    const previewOnly = flags["preview-only"];
    if (!flags.yes && !previewOnly) this.assertCanAsk();
    if (previewOnly || (!flags.yes && !flags["skip-preview"])) {
      const preview = await this.follow(engine.destroy(target, { ...options, preview: true }), {
        ...view,
        silent: !previewOnly,
      });
      if (previewOnly || preview.result.result !== "succeeded")
        return this.presentOperation("destroy", preview);
    }
    const name = `${target.project}/${target.stack}`;
    if (!(await this.confirm(`This destroys ${name}.`, { yes: flags.yes, word: name })))
      return this.declined();
    await this.presentOperation("destroy", await this.follow(engine.destroy(target, options), view));
  }
}
