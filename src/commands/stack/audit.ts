import { Flags } from "@oclif/core";
import { exitCodes } from "../../cli/exit-codes.ts";
import { StackCommand, stackArgs, stackFlags } from "../../cli/stack-command.ts";

export default class StackAudit extends StackCommand {
  static override summary = "Show who did what to a stack, and prove that the log is whole";
  static override description =
    "Every operation leaves records in a log beside the state. Each names the one before it by its SHA-256; the first " +
    "that was altered or taken away is named, with exit code 27. Note the last one's SHA-256 elsewhere to prove later " +
    "that nothing before it changed.";
  static override formats: typeof StackCommand.formats = ["table", "plain", "csv", "json", "ndjson"];
  static override examples = ["<%= config.bin %> stack audit host --limit 5"];
  static override args = stackArgs;
  static override flags = {
    ...stackFlags,
    limit: Flags.integer({ char: "L", description: "how many operations", default: 20, min: 1 }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StackAudit);
    const { auditStack, chainNotes } = await import("../../actions/stack/audit.ts");
    const audit = await auditStack(await this.selection(args.name, flags), flags.limit);
    const rows = audit.operations.map(({ changes, ...row }) => ({
      ...row,
      who: `${row.user}@${row.host}`,
      changed: Object.entries(changes)
        .map(([op, count]) => `${count} ${op}`)
        .join(", "),
    }));
    const { fault } = audit.chain;
    await this.present({
      schema: "pdc.stack.audit/1",
      data: audit,
      views: [
        {
          columns: [
            { key: "sequence", header: "NO", align: "right", dropOrder: 0 },
            { key: "startedAt", header: "STARTED", dropOrder: 0 },
            { key: "who", header: "WHO", dropOrder: 0 },
            { key: "operation", header: "OPERATION", dropOrder: 0 },
            { key: "result", header: "RESULT", dropOrder: 0 },
            { key: "changed", header: "CHANGES", dropOrder: 1 },
            { key: "detail", header: "DETAIL", dropOrder: 2 },
            { key: "version", header: "PDC", dropOrder: 3 },
          ],
          rows,
          empty: "no operations yet",
        },
      ],
      ...(fault && {
        exitCode: exitCodes.integrity,
        errors: [
          {
            code: "audit-chain",
            message: `the audit log is broken: ${fault.message}`,
            fix: "keep the file as evidence and compare it with a copy; operations go on, the break stays visible",
          },
        ],
      }),
    });
    for (const note of chainNotes(audit)) this.progress(note);
  }
}
