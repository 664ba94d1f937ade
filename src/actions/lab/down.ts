import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { askControlPlane } from "../../lab/control-plane/control.ts";
import { askKeeper } from "../../lab/province/control.ts";
import type { LabOptions, LabParts } from "./status.ts";

/** Stopping ends some processes and sockets; the keeper's own limit is shorter than this. */
const patienceMs = 10_000;
const pauseMs = 50;
/** What the lab wrote, and nothing else that may lie there. */
const madeByLab = ["inventory", "secrets.yaml", "truth.json", "keeper.sock", "keeper.pid", "control-plane"];

/** Stops what runs of the lab and removes what it wrote; says what ran. Resolves when its processes are gone. */
export async function labDown({ directory }: LabOptions): Promise<LabParts> {
  const [province, controlPlane] = await Promise.all([
    askKeeper(directory, { kind: "stop" }),
    askControlPlane(directory, { kind: "stop" }),
  ]);
  const deadlineMs = Date.now() + patienceMs;
  for (const stopped of [province, controlPlane])
    while (stopped && isAlive(stopped.processId) && Date.now() < deadlineMs) await sleep(pauseMs);
  for (const name of madeByLab) await rm(join(directory, name), { recursive: true, force: true });
  return { province, controlPlane };
}

/** The keeper told us its own id a moment ago, so no other process has it yet. */
function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}
