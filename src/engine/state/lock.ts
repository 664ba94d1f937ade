import { randomUUID } from "node:crypto";
import { type Stats, statSync } from "node:fs";
import { readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EngineError } from "../interface/errors.ts";
import { exists, makePrivateDirectory, writeAtomically } from "./files.ts";
import type { StackPaths } from "./layout.ts";
import { isProvenDead, ownIdentity, type ProcessIdentity } from "./process-identity.ts";

/** How often an owner renews its lease, and after how long without renewal it has lost it. */
export const HEARTBEAT_MS = 10_000;
export const LEASE_MS = 60_000;

/**
 * A lock file: Pulumi's own (`pid username hostname timestamp`), so that the CLI refuses while it stands, and
 * with `lease` when it is ours. The file's modification time is the heartbeat.
 */
export interface LockInfo {
  readonly id: string;
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
  readonly lease?: { readonly token: number; readonly owner: ProcessIdentity; readonly leaseMs: number };
  /** milliseconds since the last heartbeat, or since the file was written */
  readonly ageMs: number;
}

/**
 * `dead-owner`: a lock whose owner is proven dead, or a lease that ran out on another host, is taken over;
 * `never`: any lock refuses, as with the CLI.
 */
export type TakeOver = "dead-owner" | "never";

/** The locks that stand, oldest first. A damaged file counts: it is somebody's. */
export async function listLocks(paths: StackPaths): Promise<LockInfo[]> {
  let names: string[];
  try {
    names = await readdir(paths.locks);
  } catch {
    return [];
  }
  const locks: LockInfo[] = [];
  for (const name of names.filter((entry) => entry.endsWith(".json")).sort()) {
    const file = join(paths.locks, name);
    try {
      const [text, info] = await Promise.all([readFile(file, "utf8"), stat(file)]);
      locks.push({
        ...parseLock(text),
        id: name.slice(0, -".json".length),
        ageMs: Date.now() - info.mtimeMs,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return locks.sort((a, b) => b.ageMs - a.ageMs);
}

function parseLock(text: string): Omit<LockInfo, "id" | "ageMs"> {
  const unknown = { pid: 0, username: "unknown", hostname: "unknown", timestamp: "" };
  try {
    const json = JSON.parse(text) as Partial<LockInfo>;
    return {
      pid: typeof json.pid === "number" ? json.pid : 0,
      username: String(json.username ?? unknown.username),
      hostname: String(json.hostname ?? unknown.hostname),
      timestamp: String(json.timestamp ?? ""),
      ...(json.lease ? { lease: json.lease } : {}),
    };
  } catch {
    return unknown;
  }
}

/** Locks that operations of this process left standing when they ended: {@link Lease.release}. */
const leftStanding = new Set<string>();

/** Whether the owner of a lock can no longer write. */
export function isAbandoned(lock: LockInfo): boolean {
  if (leftStanding.has(lock.id)) return true;
  if (isProvenDead(lock.lease?.owner ?? lock)) return true;
  const elsewhere = lock.lease !== undefined && lock.lease.owner.hostname !== ownIdentity().hostname;
  return elsewhere && lock.ageMs > (lock.lease?.leaseMs ?? LEASE_MS);
}

export function describeLock(lock: LockInfo): string {
  const since = lock.timestamp === "" ? `${Math.round(lock.ageMs / 1000)} s ago` : `at ${lock.timestamp}`;
  return `created by ${lock.username}@${lock.hostname} (pid ${lock.pid}) ${since}`;
}

function lockedError(locks: readonly LockInfo[]): EngineError {
  const lines = locks.map((lock) => `${lock.id}: ${describeLock(lock)}`);
  return new EngineError(
    "stack-locked",
    25,
    `the stack is currently locked by ${locks.length} lock(s). Either wait for the other process(es) to end ` +
      "or delete the lock file with `pulumi cancel`.",
    `${lines.join("; ")}. Wait for it; when its owner is certainly gone: pdc stack cancel`,
  );
}

/** The right to change a stack, held until {@link release}. */
export class Lease {
  readonly token: number;
  private readonly file: string;
  private readonly journal: string;
  private readonly inode: Stats["ino"];
  private readonly timer: NodeJS.Timeout;

  private constructor(file: string, token: number, journal: string) {
    this.file = file;
    this.journal = journal;
    this.token = token;
    this.inode = statSync(file).ino;
    this.timer = setInterval(() => {
      const now = new Date();
      utimes(file, now, now).catch(() => {});
    }, HEARTBEAT_MS);
    this.timer.unref();
  }

  /**
   * Takes the lock of a stack: looks, writes its own, looks again, as the CLI does; of two at once, both may
   * lose, never both win.
   * @param tell is told when an abandoned lock was taken over
   * @throws EngineError (exit 25) naming who holds it and since when
   */
  static async take(paths: StackPaths, takeOver: TakeOver, tell: (message: string) => void): Promise<Lease> {
    makePrivateDirectory(paths.locks);
    const own = randomUUID();
    const file = join(paths.locks, `${own}.json`);
    const before = await listLocks(paths);
    const standing = await clearAbandoned(paths, takeOver, tell, own);
    if (standing.length > 0) throw lockedError(standing);
    const owner = ownIdentity();
    // Greater than that of whoever had it before, also when the clock was put back.
    const previous = Math.max(0, ...before.map((lock) => lock.lease?.token ?? 0));
    const token = Math.max(previous + 1, Date.now() * 1000);
    const { pid, username, hostname } = owner;
    const timestamp = new Date().toISOString();
    const lease = { token, owner, leaseMs: LEASE_MS };
    // The temporary file must not lie in the lock directory: the CLI would count it as a lock.
    const staging = join(dirname(paths.journal), `${own}.lock`);
    makePrivateDirectory(dirname(staging));
    await writeAtomically(staging, JSON.stringify({ pid, username, hostname, timestamp, lease }), {
      syncDirectory: false,
    });
    const { rename } = await import("node:fs/promises");
    await rename(staging, file);
    const others = (await listLocks(paths)).filter((lock) => lock.id !== own);
    if (others.length > 0) {
      await rm(file, { force: true });
      throw lockedError(others);
    }
    return new Lease(file, token, paths.journal);
  }

  /**
   * Asked before everything that is written.
   * @throws EngineError (exit 25) when the lock was taken away
   */
  check(): void {
    let inode: Stats["ino"] | undefined;
    try {
      inode = statSync(this.file).ino;
    } catch {
      inode = undefined;
    }
    if (inode === this.inode) return;
    throw new EngineError(
      "lease-lost",
      25,
      "the lock of this stack was taken away while the operation was running; nothing more is written",
      "someone ran `cancel`, or this process was stopped for longer than its lease; run the operation again",
    );
  }

  /**
   * Gives the right back. While a journal is not folded the lock file stays: the CLI knows nothing of journals and
   * has to find the stack locked. Whoever of us comes next takes it over.
   */
  async release(): Promise<void> {
    clearInterval(this.timer);
    try {
      this.check();
    } catch {
      return;
    }
    if (await exists(this.journal)) leftStanding.add(basename(this.file, ".json"));
    else await rm(this.file, { force: true });
  }
}

async function clearAbandoned(
  paths: StackPaths,
  takeOver: TakeOver,
  tell: (message: string) => void,
  own: string,
): Promise<LockInfo[]> {
  const locks = (await listLocks(paths)).filter((lock) => lock.id !== own);
  if (takeOver === "never") return locks;
  const standing: LockInfo[] = [];
  for (const lock of locks) {
    if (!isAbandoned(lock)) {
      standing.push(lock);
      continue;
    }
    await rm(join(paths.locks, `${lock.id}.json`), { force: true });
    tell(`took over a lock whose owner is gone: ${describeLock(lock)}`);
  }
  return standing;
}
