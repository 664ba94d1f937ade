import { Flags } from "@oclif/core";
import { PdcCommand } from "../cli/base-command.ts";
import { storesFlag } from "../cli/incident-command.ts";
import { hasColor } from "../cli/terminal.ts";

export default class Watch extends PdcCommand {
  static override summary = "Watch the province live: agencies, links, devices, incidents";
  static override formats: typeof PdcCommand.formats = ["table", "plain", "json", "ndjson"];
  static override description = `Reads the store that \`pdc poll --every …\` writes to and never holds it up.

In a pipe, with --once or another format it gives one snapshot: what is not up, and the incidents that run.`;
  static override examples = [
    "<%= config.bin %> watch",
    "<%= config.bin %> watch --store /var/lib/pdc/samples.db",
    "<%= config.bin %> watch --store shard-1.db --store shard-2.db",
    "<%= config.bin %> watch --once --json",
  ];
  static override flags = {
    once: Flags.boolean({ description: "one snapshot, and no live view" }),
    by: Flags.string({
      description: "who acknowledges [default: the user]",
      env: "PDC_USER",
      helpValue: "NAME",
    }),
    lang: Flags.option({ description: "language of names and reasons", options: ["vi", "en"] as const })(),
    store: storesFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Watch);
    const options = {
      ...(await this.context()),
      inventoryDirectory: await this.inventoryDirectory(),
      store: flags.store,
      by: flags.by,
      language: flags.lang,
    };
    const isLive = process.stdout.isTTY && process.stdin.isTTY && this.format === "table";
    if (!isLive || flags.once || process.env.TERM === "dumb") {
      const [{ watchOnce }, { onceViews, onceWarnings }] = await Promise.all([
        import("../actions/watch.ts"),
        import("../ui/watch/once.ts"),
      ]);
      const snapshot = await watchOnce(options);
      return this.present({
        schema: "pdc.watch/1",
        data: snapshot,
        views: onceViews(snapshot),
        warnings: onceWarnings(snapshot),
      });
    }
    const [{ watch }, { viewWatch }] = await Promise.all([
      import("../actions/watch.ts"),
      import("../ui/watch/view-watch.ts"),
    ]);
    const { stdin, stdout } = process;
    await viewWatch(watch(options), { stdin, stdout, isColored: hasColor(stdout), signal: this.signal });
  }
}
