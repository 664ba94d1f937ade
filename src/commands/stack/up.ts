import { readFile } from "node:fs/promises";
import { Flags } from "@oclif/core";
import { changeFlags, engineOptions, StackCommand, stackArgs, stackFlags } from "../../cli/stack-command.ts";

export default class StackUp extends StackCommand {
  static override summary = "Make a stack what its program says";
  static override description =
    "Shows what will change and asks first; in a pipe it needs --yes. The first Ctrl-C lets running steps end and records them, the second stops.";
  static override examples = [
    "<%= config.bin %> stack up host --stack training",
    "<%= config.bin %> stack up host --yes --plan plan.json",
  ];
  static override args = stackArgs;
  static override flags = {
    ...stackFlags,
    ...changeFlags,
    refresh: Flags.boolean({ char: "r", description: "read everything first" }),
    replace: Flags.string({
      description: "replace this URN although nothing about it changed",
      multiple: true,
      helpValue: "URN",
    }),
    plan: Flags.string({ description: "refuse whatever this saved plan does not hold", helpValue: "PATH" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackUp);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(args.name, flags), {
      needsProgram: true,
      isGated: true,
    });
    const view = { diff: flags.diff, showSame: flags["show-same"] };
    const options = {
      ...engineOptions(flags),
      refresh: flags.refresh,
      ...(flags.replace && { replace: flags.replace }),
      ...(flags.plan !== undefined && { plan: await readFile(flags.plan, "utf8") }),
    };
    if (!flags.yes) this.assertCanAsk();
    if (!flags.yes && !flags["skip-preview"]) {
      const preview = await this.follow(engine.preview(target, { ...options, expectNoChanges: false }), {
        ...view,
        silent: true,
      });
      if (preview.result.result !== "succeeded") return this.presentOperation("up", preview);
    }
    if (!(await this.confirm(`Do this to ${target.project}/${target.stack}?`, { yes: flags.yes })))
      return this.declined();
    await this.presentOperation("up", await this.follow(engine.up(target, options), view));
  }
}
