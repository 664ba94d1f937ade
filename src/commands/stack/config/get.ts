import { Args, Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../../cli/stack-command.ts";

export default class StackConfigGet extends StackCommand {
  static override summary = "Show the configuration of a stack";
  static override examples = [
    "<%= config.bin %> stack config get host",
    "<%= config.bin %> stack config get host host:directory",
  ];
  static override args = {
    ...stackArgs,
    key: Args.string({ description: "only this key, namespace:key", required: false }),
  };
  static override strict = false;
  static override flags = { ...stackFlags, "show-secrets": Flags.boolean({ description: "show secrets" }) };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(StackConfigGet);
    const { name, values } = this.split(argv, flags, ["key?"]);
    const { openStack } = await import("../../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(name, flags), {
      needsProgram: false,
    });
    const rows = Object.entries(await engine.getConfig(target))
      .filter(
        ([key]) =>
          values.key === undefined || key === values.key || key === `${target.project}:${values.key}`,
      )
      .map(([key, { value, secret = false }]) => ({
        key,
        value: secret && !flags["show-secrets"] ? "[secret]" : value,
        secret,
      }));
    if (values.key !== undefined && rows.length === 0) {
      throw Object.assign(new Error(`${target.project}/${target.stack} has no ${values.key}`), {
        code: "no-such-key",
        exitCode: 22,
      });
    }
    await this.present({
      schema: "pdc.stack.config.get/1",
      data: rows,
      views: [
        {
          columns: [
            { key: "key", header: "KEY", dropOrder: 0 },
            { key: "value", header: "VALUE", dropOrder: 0 },
          ],
          rows,
          empty: "no configuration",
        },
      ],
    });
  }
}
