import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { EngineSettings, StackTarget } from "../../interface/engine.ts";
import { EngineError } from "../../interface/errors.ts";
import { describeLock, isAbandoned, listLocks } from "../../state/lock.ts";
import { StackSession } from "../deploy/stack-session.ts";
import { audited, takeLease } from "./audited.ts";

/**
 * Removes the locks of owners that are gone, and finishes what they had recorded. A lock whose owner lives, or
 * may live elsewhere, goes only when its id is given.
 * @throws EngineError (exit 25) when such a lock stands
 */
export async function cancelStack(
  engine: EngineSettings,
  target: StackTarget,
  options: { readonly lockId?: string } = {},
): Promise<string[]> {
  const session = await StackSession.open(engine, target);
  const { lockId } = options;
  return audited(engine, session.store.paths, { operation: "cancel", detail: lockId }, () =>
    cancelLocks(engine, session, lockId),
  );
}

async function cancelLocks(
  engine: EngineSettings,
  session: StackSession,
  lockId: string | undefined,
): Promise<string[]> {
  const { paths } = session.store;
  const done: string[] = [];
  const standing = [];
  for (const lock of await listLocks(paths)) {
    if (lock.id === lockId || isAbandoned(lock)) {
      await rm(join(paths.locks, `${lock.id}.json`), { force: true });
      done.push(`removed the lock ${lock.id} ${describeLock(lock)}`);
    } else standing.push(lock);
  }
  if (standing.length > 0) {
    throw new EngineError(
      "stack-locked",
      25,
      `the stack is in use:${standing.map((lock) => `\n  ${lock.id}: ${describeLock(lock)}`).join("")}`,
      "wait for it; when you are sure that it is gone, name its lock: --lock-id <id>",
    );
  }
  if (!(await session.store.exists())) return done;
  const lease = await takeLease({ ...engine, takeOver: "dead-owner" }, paths, (message) =>
    done.push(message),
  );
  try {
    done.push(...(await session.recover(lease)));
  } finally {
    await lease.release();
  }
  return done;
}
