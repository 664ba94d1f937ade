import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

const groups = new Set<ChildProcess>();

/**
 * Starts a process in a group of its own: a Ctrl-C in the terminal reaches the engine alone, which lets what is
 * under way end. What is still there when the engine ends is killed.
 */
export function spawnApart(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  if (groups.size === 0) process.once("exit", killAll);
  const child = spawn(file, args, { ...options, detached: true });
  groups.add(child);
  const gone = () => {
    groups.delete(child);
    if (groups.size === 0) process.off("exit", killAll);
  };
  child.once("exit", gone);
  child.once("error", gone);
  return child;
}

/** Sends a signal to a process of {@link spawnApart} and all that it started. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It is gone already.
  }
}

function killAll(): void {
  for (const child of groups) signalGroup(child, "SIGKILL");
}
