/** Starting the process that keeps a part of a lab in the background. */
import { fork } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { type KeeperReply, toError } from "./socket.ts";

export interface KeeperStart {
  /** The keeper's own file; it sends one `KeeperReply` to its parent when all runs, or nothing can. */
  path: string;
  args: readonly string[];
  /** Made for the owner alone when it is not there. */
  directory: string;
  patienceMs: number;
  signal: AbortSignal;
}

/** Starts one that outlives this process. @throws with its message when it cannot start. */
export async function startKeeperProcess<Status>(start: KeeperStart): Promise<Status> {
  const { path, args, directory, patienceMs, signal } = start;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const child = fork(path, [...args], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: [],
  });
  const giveUp = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  try {
    const reply = await new Promise<KeeperReply<Status>>((resolve, reject) => {
      child.once("message", (message) => resolve(message as KeeperReply<Status>));
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`the lab's keeper ended with code ${code}`)));
      giveUp.addEventListener("abort", () => reject(giveUp.reason), { once: true });
      giveUp.throwIfAborted();
    });
    if (!reply.ok) throw toError(reply);
    return reply.status;
  } catch (error) {
    child.kill("SIGTERM");
    throw error;
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** In the keeper: tells whoever started it, and lets go of it. */
export function tellStarter<Status>(reply: KeeperReply<Status>): void {
  process.send?.(reply);
  process.disconnect?.();
}
