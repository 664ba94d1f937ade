// A process that appends to an audit log until it is told to stop, or killed.
import { AuditLog } from "../../../src/engine/state/audit-log.ts";
import { StackPaths } from "../../../src/engine/state/layout.ts";

const [backend, count] = process.argv.slice(2) as [string, string];
const log = new AuditLog(new StackPaths(backend, { project: "proj", stack: "dev" }), "1.2.3");
for (let i = 0; i < Number(count); i++) {
  const begins = log.append({ operation: "up", phase: "begin" });
  log.append({ operation: "up", phase: "end", begins, result: "succeeded" });
}
