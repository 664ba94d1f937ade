import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { askKeeper, type LabStatus } from "../../lab/province/control.ts";
import type { LabOptions } from "./status.ts";

/** Stopping ends some processes and sockets; the keeper's own limit is shorter than this. */
const patienceMs = 10_000;
const pauseMs = 50;
/** What the lab wrote, and nothing else that may lie there. */
const madeByLab = ["inventory", "secrets.yaml", "truth.json", "keeper.sock", "keeper.pid"];

/** Stops the lab and removes what it wrote. Undefined when none ran. Resolves when its processes are gone. */
export async function labDown({ directory }: LabOptions): Promise<LabStatus | undefined> {
  const stopped = await askKeeper(directory, { kind: "stop" });
  const deadlineMs = Date.now() + patienceMs;
  while (stopped !== undefined && isAlive(stopped.processId) && Date.now() < deadlineMs) await sleep(pauseMs);
  for (const name of madeByLab) await rm(join(directory, name), { recursive: true, force: true });
  return stopped;
}

/** The keeper told us its own id a moment ago, so no other process has it yet. */
function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}
