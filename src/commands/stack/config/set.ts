import { Args, Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../../cli/stack-command.ts";

export default class StackConfigSet extends StackCommand {
  static override summary = "Set a configuration value of a stack";
  static override description = "A secret is read from stdin or typed unseen; it is never an argument.";
  static override examples = [
    "<%= config.bin %> stack config set host host:directory /srv/pdc",
    "<%= config.bin %> stack config set host host:token --secret < token.txt",
  ];
  static override args = {
    ...stackArgs,
    key: Args.string({ description: "namespace:key", required: false }),
    value: Args.string({ description: "the value; absent: stdin", required: false }),
  };
  static override strict = false;
  static override flags = {
    ...stackFlags,
    secret: Flags.boolean({ description: "keep it encrypted; the value comes from stdin" }),
    path: Flags.boolean({ description: "the key is a path into an object" }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(StackConfigSet);
    const { name, values } = this.split(argv, flags, ["key", "value?"]);
    if (flags.secret && values.value !== undefined) {
      this.error(
        "a secret must not be an argument: every user of this host could read it. Give it on stdin.",
        { exit: 2 },
      );
    }
    const { openStack } = await import("../../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(name, flags), {
      needsProgram: false,
    });
    const asked = values.key as string;
    const key = asked.includes(":") ? asked : `${target.project}:${asked}`;
    const value = values.value ?? (await this.readValue(key, flags.secret));
    await engine.setConfig(target, key, { value, secret: flags.secret }, flags.path);
    this.progress(`${key} is set`);
  }

  private async readValue(key: string, secret: boolean): Promise<string> {
    if (process.stdin.isTTY && secret) return this.askSecret(`${key}: `);
    const { readPipe } = await import("../../../cli/read-stdin.ts");
    return readPipe();
  }
}
