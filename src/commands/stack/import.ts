import { Args, Flags } from "@oclif/core";
import { changeFlags, engineOptions, StackCommand, stackArgs, stackFlags } from "../../cli/stack-command.ts";

export default class StackImport extends StackCommand {
  static override summary = "Take a resource that exists into a stack";
  static override examples = ["<%= config.bin %> stack import host pdc:host:File motd /etc/motd --yes"];
  static override args = {
    ...stackArgs,
    type: Args.string({ description: "type token", required: false }),
    resource: Args.string({ description: "the name it gets in the program", required: false }),
    id: Args.string({ description: "the provider's id of the object", required: false }),
  };
  static override strict = false;
  static override flags = {
    ...stackFlags,
    ...changeFlags,
    parent: Flags.string({ description: "URN of its parent", helpValue: "URN" }),
    provider: Flags.string({ description: "URN of its provider", helpValue: "URN" }),
    property: Flags.string({ description: "only these inputs", multiple: true, helpValue: "NAME" }),
    protect: Flags.boolean({ description: "protect it", default: true, allowNo: true }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(StackImport);
    const { name, values } = this.split(argv, flags, ["type", "resource", "id"]);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(name, flags), {
      needsProgram: false,
    });
    const view = { diff: flags.diff, showSame: flags["show-same"] };
    const { targets: _targets, ...common } = engineOptions(flags);
    const resource = {
      type: values.type as string,
      name: values.resource as string,
      id: values.id as string,
      ...(flags.parent !== undefined && { parent: flags.parent }),
      ...(flags.provider !== undefined && { provider: flags.provider }),
      ...(flags.property && { properties: flags.property }),
    };
    const options = { ...common, resources: [resource], protect: flags.protect };
    if (!flags.yes) this.assertCanAsk();
    if (!flags.yes && !flags["skip-preview"]) {
      const preview = await this.follow(engine.import(target, { ...options, preview: true }), {
        ...view,
        silent: true,
      });
      if (preview.result.result !== "succeeded") return this.presentOperation("import", preview);
    }
    if (!(await this.confirm(`Take it into ${target.project}/${target.stack}?`, { yes: flags.yes })))
      return this.declined();
    await this.presentOperation("import", await this.follow(engine.import(target, options), view));
  }
}
