import { Args, Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../../cli/stack-command.ts";

export default class StackConfigRm extends StackCommand {
  static override summary = "Remove a configuration value of a stack";
  static override examples = ["<%= config.bin %> stack config rm host host:directory"];
  static override args = {
    ...stackArgs,
    key: Args.string({ description: "namespace:key", required: false }),
  };
  static override strict = false;
  static override flags = {
    ...stackFlags,
    path: Flags.boolean({ description: "the key is a path into an object" }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(StackConfigRm);
    const { name, values } = this.split(argv, flags, ["key"]);
    const { openStack } = await import("../../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(name, flags), {
      needsProgram: false,
    });
    const asked = values.key as string;
    const key = asked.includes(":") ? asked : `${target.project}:${asked}`;
    await engine.removeConfig(target, key, flags.path);
    this.progress(`${key} is removed`);
  }
}
