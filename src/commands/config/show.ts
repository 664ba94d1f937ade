import { PdcCommand } from "../../cli/base-command.ts";

export default class ConfigShow extends PdcCommand {
  static override summary = "Show every setting, its value and where it comes from";
  static override examples = ["<%= config.bin %> config show", "<%= config.bin %> config show --json"];

  async run(): Promise<void> {
    await this.parse(ConfigShow);
    const context = await this.context();
    const defaults: Record<string, string> = {
      stateDirectory: context.stateDirectory,
      cacheDirectory: context.cacheDirectory,
    };
    const rows = Object.entries(context.origins).map(([setting, { value, origin }]) => ({
      setting,
      value: value ?? defaults[setting] ?? "",
      origin,
    }));
    await this.present({
      schema: "pdc.config.show/1",
      data: rows,
      views: [
        {
          columns: [
            { key: "setting", header: "SETTING", dropOrder: 0 },
            { key: "value", header: "VALUE", dropOrder: 0 },
            { key: "origin", header: "ORIGIN" },
          ],
          rows,
        },
      ],
    });
  }
}
