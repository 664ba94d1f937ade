import { integrityError } from "../interface/errors.ts";
import { cliWroteLast, differenceFromSealed } from "./foreign-write.ts";
import { genuineStates, readSeal, type SealKey } from "./seal.ts";
import type { StackStore, StoredCheckpoint } from "./stack-store.ts";

/**
 * Whether a checkpoint is one that this engine wrote, or the CLI after it. A stack that has no seal yet is taken as it
 * is: it gets one when it is written.
 * @returns what should be known, for people; nothing when the seal holds
 * @throws EngineError (exit 27) when something else changed the state, with what differs as far as a backup tells
 */
export async function checkSeal(
  store: StackStore,
  stored: StoredCheckpoint,
  key: SealKey,
): Promise<string | undefined> {
  const { paths } = store;
  const seal = await readSeal(paths);
  if (!seal) return undefined;
  const genuine = genuineStates(paths, seal, key);
  if (genuine.some(({ digest }) => digest === stored.digest)) return undefined;
  // Who does not hold the lock may have read the one just before another process wrote the next.
  const now = await store.read();
  if (now.digest !== stored.digest) return checkSeal(store, now, key);
  const sinceMs = Math.max(...genuine.map(({ timeMs }) => timeMs));
  if (genuine.length > 0 && (await cliWroteLast(paths, await store.text(), sinceMs))) {
    return "the Pulumi CLI changed this stack since pdc did last; its state is taken as it is";
  }
  const found = await sealDifference(store, stored, key);
  const [first = [], more] = [found?.lines.slice(0, 5), (found?.lines.length ?? 0) - 5];
  throw integrityError(
    `${paths.checkpoint} is not what pdc wrote last, and no operation of the Pulumi CLI changed it since: ` +
      (found ? first.join("; ") + (more > 0 ? `; and ${more} more` : "") : whyUnknown(genuine.length)),
    `${found ? `to take back what was sealed: pdc stack import-state < ${found.copy}` : await store.backupHint()}; ` +
      "when the change was meant (a `pulumi state` command leaves no history): pdc stack state accept",
  );
}

const whyUnknown = (genuine: number): string =>
  genuine > 0
    ? "what differs cannot be told, there is no copy of that state among the backups"
    : "its seal was made with another passphrase or was altered itself";

/** What distinguishes the state from the sealed one; undefined when no backup holds that. */
export function sealDifference(
  store: StackStore,
  stored: StoredCheckpoint,
  key: SealKey,
): Promise<{ copy: string; lines: string[] } | undefined> {
  return readSeal(store.paths).then((seal) =>
    differenceFromSealed(
      store.paths,
      stored.raw,
      (seal ? genuineStates(store.paths, seal, key) : []).map(({ digest }) => digest),
    ),
  );
}
