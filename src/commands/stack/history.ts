import { Flags } from "@oclif/core";
import { StackCommand, stackArgs, stackFlags } from "../../cli/stack-command.ts";

export default class StackHistory extends StackCommand {
  static override summary = "List the operations of a stack, newest first";
  static override formats: typeof StackCommand.formats = ["table", "plain", "csv", "json", "ndjson"];
  static override examples = ["<%= config.bin %> stack history host --limit 5"];
  static override args = stackArgs;
  static override flags = {
    ...stackFlags,
    limit: Flags.integer({ char: "L", description: "how many", default: 20, min: 1 }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackHistory);
    const { openStack } = await import("../../actions/stack/open.ts");
    const { engine, target } = await openStack(await this.selection(args.name, flags), {
      needsProgram: false,
    });
    const rows = (await engine.history(target, flags.limit)).map(
      ({ kind, result, startTime, endTime, message, resourceChanges }) => ({
        operation: kind,
        result,
        startedAt: new Date(startTime * 1000).toISOString(),
        durationSeconds: endTime - startTime,
        changes: Object.entries(resourceChanges)
          .map(([op, count]) => `${count} ${op}`)
          .join(", "),
        message,
      }),
    );
    await this.present({
      schema: "pdc.stack.history/1",
      data: rows,
      views: [
        {
          columns: [
            { key: "startedAt", header: "STARTED", dropOrder: 0 },
            { key: "operation", header: "OPERATION", dropOrder: 0 },
            { key: "result", header: "RESULT" },
            { key: "durationSeconds", header: "SECONDS", align: "right", dropOrder: 3 },
            { key: "changes", header: "CHANGES" },
            { key: "message", header: "MESSAGE", dropOrder: 2 },
          ],
          rows,
          empty: "no operations yet",
        },
      ],
    });
  }
}
