// Takes the lease of a stack, says so, and holds it until it is killed.
// node holder.ts BACKEND PROJECT STACK
import { writeSync } from "node:fs";
import { StackPaths } from "../../../src/engine/state/layout.ts";
import { Lease } from "../../../src/engine/state/lock.ts";

const [backend = "", project = "", stack = ""] = process.argv.slice(2);
const lease = await Lease.take(new StackPaths(backend, { project, stack }), "dead-owner", (message) =>
  writeSync(1, `${message}\n`),
);
writeSync(1, `holds ${lease.token}\n`);
setInterval(() => {}, 1000);
