// Runs one `up` in a process of its own, which dies of SIGKILL at a given write of the journal: right after it is
// on the disk, or in the middle of it. Says on stdout what was acknowledged, and at the end how many writes there were.
import { writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { engineOn, targetOf, type Version } from "./thirty.ts";

const [directory = "", version = "2", killAt = "0", how = "after", parallel = "1"] = process.argv.slice(2);

const handle = await open("/dev/null", "r");
const prototype = Object.getPrototypeOf(handle);
await handle.close();
const { write, datasync } = prototype;
let writes = 0;

const die = (): never => {
  process.kill(process.pid, "SIGKILL");
  for (;;);
};

// Only the journal writes through its handle; checkpoints are written as whole files.
prototype.write = function (data: Buffer, at: number) {
  writes++;
  if (writes !== Number(killAt) || how !== "torn") return write.call(this, data, at);
  return write.call(this, data.subarray(at, at + Math.ceil((data.length - at) / 2))).then(die);
};
prototype.datasync = function () {
  const synced = datasync.call(this);
  return writes === Number(killAt) && how === "after" ? synced.then(die) : synced;
};

const running = engineOn(directory).up(targetOf(Number(version) as Version), { parallel: Number(parallel) });
for await (const { resOutputsEvent, diagnosticEvent } of running) {
  if (diagnosticEvent && diagnosticEvent.severity === "error") writeSync(2, diagnosticEvent.message);
  if (!resOutputsEvent) continue;
  const { op, urn } = resOutputsEvent.metadata;
  writeSync(1, `${JSON.stringify({ op, urn, id: resOutputsEvent.metadata.new?.id })}\n`);
}
const { result } = await running.result;
writeSync(1, `${JSON.stringify({ result, writes })}\n`);
