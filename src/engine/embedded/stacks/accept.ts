import type { EngineSettings, StackTarget } from "../../interface/engine.ts";
import { openCheckpoint } from "../../state/checkpoint.ts";
import { checkSeal, sealDifference } from "../../state/seal-check.ts";
import { Sealer } from "../../state/sealer.ts";
import { StackSession } from "../deploy/stack-session.ts";
import { audited, takeLease } from "./audited.ts";

/**
 * Takes a state that something else than an engine changed: a person has looked at it.
 * @param agrees is asked, with what differs from the state before; the lock is held meanwhile
 * @returns what differed; empty when there was nothing to accept; undefined when it was not agreed to
 */
export async function acceptState(
  engine: EngineSettings,
  target: StackTarget,
  agrees: (differences: readonly string[]) => Promise<boolean>,
): Promise<string[] | undefined> {
  const session = await StackSession.open(engine, target);
  const { store } = session;
  const { differences } = await audited(engine, store.paths, { operation: "state-accept" }, async () => {
    const lease = await takeLease(engine, store.paths);
    try {
      const stored = await store.read();
      const key = await session.managerFor(stored.raw);
      const holds = await checkSeal(store, stored, key).then(
        () => true,
        () => false,
      );
      if (holds) return { result: "succeeded", differences: [] };
      // Neither a manifest nor a secret that cannot be opened can be accepted.
      openCheckpoint(stored.raw, new Sealer(key), store.paths.checkpoint);
      const found = await sealDifference(store, stored, key);
      const differences = found?.lines ?? ["what differs is not known: no backup holds the state before"];
      if (!(await agrees(differences))) return { result: "canceled", differences: undefined };
      await store.seal(lease, key);
      return { result: "succeeded", differences };
    } finally {
      await lease.release();
    }
  });
  return differences;
}
