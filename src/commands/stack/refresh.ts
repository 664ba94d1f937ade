import { Flags } from "@oclif/core";
import { exitCodes } from "../../cli/exit-codes.ts";
import { changeFlags, engineOptions, StackCommand, stackArgs, stackFlags } from "../../cli/stack-command.ts";

export default class StackRefresh extends StackCommand {
  static override summary = "Read what is really there into a stack's state";
  static override examples = [
    "<%= config.bin %> stack refresh host --yes",
    "<%= config.bin %> stack refresh host --preview-only --diff",
  ];
  static override args = stackArgs;
  static override flags = {
    ...stackFlags,
    ...changeFlags,
    "preview-only": Flags.boolean({ description: "only show it" }),
    "run-program": Flags.boolean({ description: "run the program first, for providers' configuration" }),
    "clear-pending-creates": Flags.boolean({
      description: "forget interrupted creations: somebody looked, there is nothing",
    }),
    "import-pending-create": Flags.string({
      description: "an interrupted creation that did happen",
      multiple: true,
      helpValue: "URN=ID",
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackRefresh);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(args.name, flags), {
      needsProgram: flags["run-program"],
    });
    const view = { diff: flags.diff, showSame: flags["show-same"] };
    const pending = (flags["import-pending-create"] ?? []).map((pair) => {
      const [, urn, id] = /^(urn:.+)=([^=]+)$/.exec(pair) ?? [];
      if (urn === undefined || id === undefined)
        this.error(`--import-pending-create ${pair}: give URN=ID`, { exit: exitCodes.usage });
      return [urn, id];
    });
    const options = {
      ...engineOptions(flags),
      runProgram: flags["run-program"],
      clearPendingCreates: flags["clear-pending-creates"],
      importPendingCreates: Object.fromEntries(pending),
    };
    const previewOnly = flags["preview-only"];
    if (!flags.yes && !previewOnly) this.assertCanAsk();
    if (previewOnly || (!flags.yes && !flags["skip-preview"])) {
      const preview = await this.follow(engine.refresh(target, { ...options, preview: true }), {
        ...view,
        silent: !previewOnly,
      });
      if (previewOnly || preview.result.result !== "succeeded")
        return this.presentOperation("refresh", preview);
    }
    if (
      !(await this.confirm(`Write this into the state of ${target.project}/${target.stack}?`, {
        yes: flags.yes,
      }))
    )
      return this.declined();
    await this.presentOperation("refresh", await this.follow(engine.refresh(target, options), view));
  }
}
