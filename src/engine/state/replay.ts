import { integrityError } from "../interface/errors.ts";
import type { Snapshot } from "./checkpoint.ts";
import { decodeResource } from "./decode-resource.ts";
import type { JournalEntry, ResourceRef } from "./journal.ts";
import { Recorder } from "./recorder.ts";
import type { PendingOperation, ResourceState } from "./resource.ts";
import type { Sealer } from "./sealer.ts";

/**
 * The state that a journal leads to, from the checkpoint that it is based on.
 * @throws EngineError (exit 27) when an entry names what is not there
 */
export async function replay(
  base: Snapshot,
  entries: readonly JournalEntry[],
  sealer: Sealer,
): Promise<Snapshot> {
  const recorder = new Recorder(base, sealer);
  const byRef = new Map<ResourceRef, ResourceState>(base.resources.map((resource, i) => [`b${i}`, resource]));
  const operations = new Map<number, number>();
  let added = 0;
  const find = (ref: ResourceRef): ResourceState => {
    const resource = byRef.get(ref);
    if (!resource) throw integrityError(`the journal names the resource ${ref}, which is not there`);
    return resource;
  };
  const decode = (entry: { resource?: unknown; aliases?: readonly string[] }): ResourceState => {
    const resource = decodeResource(entry.resource, sealer);
    resource.aliases = [...(entry.aliases ?? [])];
    return resource;
  };
  for (const entry of entries) {
    if (entry.forgetsPending) recorder.forgetEarlierPending(false);
    if (entry.begins) {
      const type = entry.begins.type as PendingOperation["type"];
      operations.set(entry.begins.operation, await recorder.begin(type, decode(entry.begins)));
    }
    if (entry.sets) {
      // In place: the resource keeps its position in the list.
      Object.assign(find(entry.sets.ref), decode(entry.sets));
    }
    const drop = (entry.drops ?? []).map(find);
    if (entry.vanishes) {
      for (const resource of drop) await recorder.gone(resource);
      continue;
    }
    const mark = (entry.marks ?? []).map(({ ref, ...flags }) => [find(ref), flags] as const);
    let add: ResourceState | undefined;
    if (entry.adds) {
      add = entry.adds.as === undefined ? decode(entry.adds) : { ...find(entry.adds.as) };
      byRef.set(`n${added++}`, add);
    }
    const operation = entry.ends === undefined ? undefined : operations.get(entry.ends);
    if (operation !== undefined || drop.length > 0 || mark.length > 0 || add) {
      await recorder.end({ operation, drop, mark, add });
    }
  }
  return recorder.snapshot();
}
