import { StackCommand, stackFlags } from "../../cli/stack-command.ts";

export default class StackList extends StackCommand {
  static override summary = "List the toolkit's stacks and what is deployed of them";
  static override formats: typeof StackCommand.formats = ["table", "plain", "csv", "json", "ndjson"];
  static override examples = ["<%= config.bin %> stack list"];
  static override flags = { engine: stackFlags.engine, backend: stackFlags.backend };

  async run(): Promise<void> {
    const { flags } = await this.parse(StackList);
    const { listStacks } = await import("../../actions/stack/list.ts");
    const rows = await listStacks(await this.selection("host", { ...flags, stack: "production" }));
    await this.present({
      schema: "pdc.stack.list/1",
      data: rows,
      views: [
        {
          columns: [
            { key: "project", header: "STACK", dropOrder: 0 },
            { key: "stack", header: "ENVIRONMENT", dropOrder: 0 },
            { key: "lastOperation", header: "LAST OPERATION" },
            { key: "result", header: "RESULT" },
            { key: "endedAt", header: "WHEN", dropOrder: 2 },
            { key: "description", header: "WHAT IT IS", dropOrder: 3 },
          ],
          rows: rows.map((row) => ({ ...row })),
        },
      ],
    });
  }
}
