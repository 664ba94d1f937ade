/** Several stores read as one: whether they are those of the pollers that share a province, and all of them. */
import { LONGEST_HOLD_MS } from "../../health/hold.ts";
import { stateOfSeveral } from "../../health/union.ts";
import type { StateSpan } from "../../store/history-types.ts";
import { openStores } from "../../store/open-store.ts";
import type { ReadableStore } from "../../store/types.ts";
import { type PollerNote, pollerOf } from "../poll/pollers.ts";

/** Stores that cannot be read together (exit code 2). */
export class SeveralStoresError extends Error {
  readonly exitCode = 2;
  readonly code: "stores-overlap" | "stores-differ";
  readonly fix: string;
  constructor(code: SeveralStoresError["code"], message: string, fix: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}

/** One store or several as one, under the rules of health. @throws StoreError */
export function openProvince(paths: readonly string[]): ReadableStore {
  return openStores(paths, { union: stateOfSeveral });
}

type Noted = { path: string; note: PollerNote; writtenMs: number };

/**
 * Refuses stores of different provinces, of one shard twice, and those whose pollers both polled the same device: each
 * would tell the same time its own way. @throws SeveralStoresError, StoreError
 */
export function refuseOverlap(
  store: ReadableStore,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): void {
  const { parts } = store;
  if (!parts) return;
  const pollers = notedIn(store);
  const [first, ...others] = pollers;
  const foreign = others.find(({ note }) => note.province !== first!.note.province);
  if (foreign)
    throw new SeveralStoresError(
      "stores-differ",
      `${first!.path} holds the province ${first!.note.province}, ${foreign.path} holds ${foreign.note.province}`,
      "name stores of one province",
    );
  const taken = new Map<number, string>();
  for (const { path, note } of sharingNow(pollers)) {
    const { index, count } = note.shard!;
    const other = taken.get(index);
    if (other !== undefined)
      throw new SeveralStoresError(
        "stores-overlap",
        `${other} and ${path} are both of shard ${index}/${count}`,
        "name one of them; a poller of its own needs a shard of its own (--shard)",
      );
    taken.set(index, path);
  }
  const twice = measuredTwice(parts, fromMs, toMs);
  const [one] = twice;
  if (one)
    throw new SeveralStoresError(
      "stores-overlap",
      `${twice.length} ${twice.length === 1 ? "device was" : "devices were"} polled into two stores at the same time: ${one.device} into ${one.paths.join(" and ")} on ${new Date(one.atMs).toISOString()}`,
      "name the stores of pollers that share the devices (--shard), not copies of one store or pollers of the same devices",
    );
}

/** @throws SeveralStoresError when the pollers that share the province now have not read the same inventory. */
export function refuseDifferingInventories(store: ReadableStore): void {
  const [first, ...others] = sharingNow(notedIn(store));
  const other = others.find(({ note }) => note.inventoryRevision !== first!.note.inventoryRevision);
  if (first && other)
    throw new SeveralStoresError(
      "stores-differ",
      `the poller of ${first.path} has inventory ${short(first.note)}, that of ${other.path} has ${short(other.note)}`,
      "let every poller read the same inventory (SIGHUP, or a restart), wait for a cycle, and close then",
    );
}

/** Shards of which no store was named ("2/3"); a report without them has gaps that are no gaps. */
export function missingShards(store: ReadableStore): string[] {
  const sharing = sharingNow(notedIn(store));
  const count = sharing[0]?.note.shard?.count ?? 0;
  const there = new Set(sharing.map(({ note }) => note.shard!.index));
  return Array.from({ length: count }, (_, at) => at + 1)
    .filter((index) => !there.has(index))
    .map((index) => `${index}/${count}`);
}

function notedIn(store: ReadableStore): Noted[] {
  return (store.parts ?? [store]).flatMap((part) => {
    const entry = pollerOf(part);
    return entry ? [{ path: part.path, note: entry.body, writtenMs: entry.writtenMs }] : [];
  });
}

/** Pollers of the newest sharing out: one that was given up since, or shared otherwise, has an older note. */
function sharingNow(pollers: readonly Noted[]): Noted[] {
  const shard = pollers.toSorted((x, y) => y.writtenMs - x.writtenMs)[0]?.note.shard;
  // The newest poller has all of it: the others are of before.
  if (shard === undefined) return [];
  return pollers.filter(({ note }) => note.shard?.count === shard.count);
}

/** Devices that two stores know something of for longer than a device that changed hands may stand in both. */
function measuredTwice(parts: readonly ReadableStore[], fromMs: number, toMs: number) {
  const known = new Map<string, { path: string; spans: StateSpan[] }>();
  const found: { device: string; paths: [string, string]; atMs: number }[] = [];
  for (const part of parts) {
    for (const [subject, all] of part.history.spans({ prefix: "device/", fromMs, toMs })) {
      const spans = all.filter(({ state }) => state !== "unknown");
      if (spans.length === 0) continue;
      const other = known.get(subject);
      if (!other) {
        known.set(subject, { path: part.path, spans });
        continue;
      }
      const atMs = longOverlap(other.spans, spans);
      if (atMs !== undefined)
        found.push({ device: subject.slice("device/".length), paths: [other.path, part.path], atMs });
    }
  }
  return found;
}

/** Where two series begin to overlap for longer than a sample may stand. */
function longOverlap(one: readonly StateSpan[], other: readonly StateSpan[]): number | undefined {
  let [beganMs, endedMs] = [0, 0];
  for (let x = 0, y = 0; x < one.length && y < other.length; ) {
    const [a, b] = [one[x]!, other[y]!];
    const [fromMs, toMs] = [Math.max(a.fromMs, b.fromMs), Math.min(a.toMs, b.toMs)];
    if (toMs > fromMs) {
      if (fromMs !== endedMs) beganMs = fromMs;
      endedMs = toMs;
      if (endedMs - beganMs > LONGEST_HOLD_MS) return beganMs;
    }
    if (a.toMs <= b.toMs) x += 1;
    else y += 1;
  }
  return undefined;
}

function short({ inventoryRevision }: PollerNote): string {
  return inventoryRevision.slice(0, 12);
}
