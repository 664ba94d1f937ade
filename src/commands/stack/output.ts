import { Args, Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../cli/stack-command.ts";

export default class StackOutput extends StackCommand {
  static override summary = "Show the outputs of a stack";
  static override examples = [
    "<%= config.bin %> stack output host",
    "<%= config.bin %> stack output host directory --json",
  ];
  static override args = {
    ...stackArgs,
    output: Args.string({ description: "only this one", required: false }),
  };
  static override strict = false;
  static override flags = { ...stackFlags, "show-secrets": Flags.boolean({ description: "show secrets" }) };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(StackOutput);
    const { name: stackName, values } = this.split(argv, flags, ["output?"]);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(stackName, flags), {
      needsProgram: false,
    });
    const outputs = Object.entries(await engine.outputs(target))
      .filter(([name]) => values.output === undefined || name === values.output)
      .map(([name, { value, secret }]) => ({
        name,
        value: secret && !flags["show-secrets"] ? "[secret]" : value,
        secret,
      }));
    if (values.output !== undefined && outputs.length === 0) {
      throw Object.assign(new Error(`${target.project}/${target.stack} has no output ${values.output}`), {
        code: "no-such-output",
        exitCode: 22,
      });
    }
    const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    await this.present({
      schema: "pdc.stack.output/1",
      data: Object.fromEntries(outputs.map(({ name, value }) => [name, value])),
      views: [
        {
          columns: [
            { key: "name", header: "OUTPUT", dropOrder: 0 },
            { key: "value", header: "VALUE", dropOrder: 0 },
          ],
          rows: outputs.map(({ name, value }) => ({ name, value: text(value) })),
          empty: "no outputs",
        },
      ],
    });
  }
}
