import { readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";

/** Who holds a lock: enough to prove later that it is gone. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly hostname: string;
  readonly username: string;
  /** differs after every boot; empty where the system does not tell */
  readonly bootId: string;
  /** clock ticks since boot: tells a reused pid from the first */
  readonly startTicks: string;
  /** containers of one host have pids of their own */
  readonly pidNamespace: string;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}

function startTicksOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  // The command name may hold spaces and parentheses: count fields after the last one.
  return stat === "" ? "" : (stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "");
}

function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

function username(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? "unknown";
  }
}

export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    hostname: hostname(),
    username: username(),
    bootId: read("/proc/sys/kernel/random/boot_id"),
    startTicks: startTicksOf(process.pid),
    pidNamespace: pidNamespace(),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists but belongs to someone else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A zombie has ended, it only was not waited for. */
function isZombie(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat !== "" && stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

/**
 * Whether a process is certainly gone: it ran on this host (and in this pid namespace, where that is known),
 * and either the host was booted since, or no such process exists, or its pid now belongs to another one.
 * What ran elsewhere is never proven dead.
 */
export function isProvenDead(
  identity: Partial<ProcessIdentity> & { pid: number; hostname: string },
): boolean {
  const own = ownIdentity();
  if (identity.hostname !== own.hostname || identity.pid <= 0) return false;
  if (identity.pidNamespace && own.pidNamespace && identity.pidNamespace !== own.pidNamespace) return false;
  if (identity.bootId && own.bootId && identity.bootId !== own.bootId) return true;
  if (!isAlive(identity.pid) || isZombie(identity.pid)) return true;
  const ticks = startTicksOf(identity.pid);
  return Boolean(identity.startTicks && ticks && identity.startTicks !== ticks);
}
