import { Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../cli/stack-command.ts";

export default class StackExport extends StackCommand {
  static override summary = "Give the state of a stack as Pulumi's JSON";
  static override formats: typeof StackCommand.formats = ["json"];
  static override examples = ["<%= config.bin %> stack export host --file state.json"];
  static override args = stackArgs;
  static override flags = { ...stackFlags, "show-secrets": Flags.boolean({ description: "in clear" }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackExport);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(args.name, flags), {
      needsProgram: false,
    });
    const text = await engine.export(target, { showSecrets: flags["show-secrets"] });
    // The bare document, not our envelope: `pulumi stack import` reads it.
    await this.present({
      schema: "pdc.stack.export/1",
      data: null,
      isSecret: flags["show-secrets"],
      render: { json: () => (text.endsWith("\n") ? text : `${text}\n`) },
    });
  }
}
