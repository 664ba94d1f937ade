import type { Urn } from "../urn/urn.ts";
import type { Snapshot } from "./checkpoint.ts";
import { encodeResource } from "./encode-resource.ts";
import type { JournalEntry, JournalWriter, ResourceRef } from "./journal.ts";
import { normalizeUrns } from "./normalize.ts";
import type { PendingOperation, ResourceState } from "./resource.ts";
import type { Sealer } from "./sealer.ts";
import { inOrder, withoutReferencesTo } from "./sort.ts";

/** Flags of a resource that change without the resource being registered again. */
export type Marks = Partial<Pick<ResourceState, "delete" | "pendingReplacement" | "taint">>;

/**
 * The state of a stack while an operation runs: the resources that were finished, in the order in which they
 * were, then those of before that were not superseded yet, in their order. Every change goes to the journal
 * first; without one (a preview, a refresh) it stays in memory.
 */
export class Recorder {
  private base: ResourceState[];
  private readonly kept: Snapshot["kept"];
  private readonly sealer: Sealer;
  private readonly finished = new Set<ResourceState>();
  private readonly dropped = new Set<ResourceState>();
  /** what was found to be gone → its parent */
  private readonly vanished = new Map<Urn, Urn>();
  private readonly pending = new Map<number, PendingOperation>();
  private earlierPending: PendingOperation[];
  private readonly refs = new Map<ResourceState, ResourceRef>();
  private added = 0;
  private operations = 0;
  private journal: JournalWriter | undefined;
  private readonly openJournal: (() => Promise<JournalWriter>) | undefined;
  private waiting: JournalEntry[] = [];
  private opening: Promise<JournalWriter> | undefined;
  private changed = false;

  /** @param openJournal makes the journal on the first change that must be durable */
  constructor(snapshot: Snapshot, sealer: Sealer, openJournal?: () => Promise<JournalWriter>) {
    this.base = [...snapshot.resources];
    this.kept = snapshot.kept;
    this.sealer = sealer;
    this.openJournal = openJournal;
    this.earlierPending = [...snapshot.pendingOperations];
    this.base.forEach((resource, i) => {
      this.refs.set(resource, `b${i}`);
    });
  }

  /** Whether anything but unchanged resources was recorded. */
  get hasChanges(): boolean {
    return this.changed;
  }

  /**
   * Operations that an earlier run left open: interrupted creations stay until somebody looks, the others are
   * forgotten now that the run goes on.
   */
  forgetEarlierPending(all: boolean): void {
    const stay = all ? [] : this.earlierPending.filter((operation) => operation.type === "creating");
    if (stay.length === this.earlierPending.length) return;
    this.earlierPending = stay;
    this.changed = true;
    this.note({ forgetsPending: true });
  }

  /** Records, durably, that an operation begins. @returns its number, for {@link end} */
  async begin(type: PendingOperation["type"], resource: ResourceState): Promise<number> {
    const operation = ++this.operations;
    this.pending.set(operation, { type, resource });
    this.changed = true;
    try {
      await this.append(() => ({ begins: { operation, type, resource: this.encode(resource) } }));
    } catch (error) {
      // It is not going to begin.
      this.pending.delete(operation);
      throw error;
    }
    return operation;
  }

  /** Records, durably, what became of an operation or of a step that had none. */
  async end(change: {
    operation?: number | undefined;
    drop?: readonly ResourceState[];
    mark?: readonly (readonly [ResourceState, Marks])[];
    add?: ResourceState | undefined;
  }): Promise<void> {
    if (change.operation !== undefined) this.pending.delete(change.operation);
    this.changed = true;
    await this.append(() => this.apply(change));
  }

  /** Records that a resource was found to be gone: what still refers to it will not. */
  async gone(old: ResourceState): Promise<void> {
    this.vanished.set(old.urn, old.parent);
    this.changed = true;
    await this.append(() => ({
      ...this.apply({ drop: [old] }),
      vanishes: { urn: old.urn, parent: old.parent },
    }));
  }

  /** Records that a resource stays as it was (or nearly so: its new state says nothing that matters). */
  same(old: ResourceState, now: ResourceState): void {
    this.dropped.add(old);
    this.finished.delete(old);
    this.finished.add(now);
    const as = this.refs.get(old);
    this.refs.set(now, `n${this.added++}`);
    this.note({
      ...(as ? { drops: [as] } : {}),
      adds: { ...(as ? { as } : { resource: this.encode(now) }) },
    });
  }

  /** Records a finished resource again: its outputs were registered. */
  async update(resource: ResourceState): Promise<void> {
    this.changed = true;
    await this.append(() => {
      const ref = this.refs.get(resource);
      return ref ? { sets: { ref, ...this.entry(resource) } } : {};
    });
  }

  private apply(change: Parameters<Recorder["end"]>[0]): JournalEntry {
    const drops: ResourceRef[] = [];
    for (const resource of change.drop ?? []) {
      this.dropped.add(resource);
      this.finished.delete(resource);
      const ref = this.refs.get(resource);
      if (ref) drops.push(ref);
    }
    const marks = (change.mark ?? []).flatMap(([resource, flags]) => {
      Object.assign(resource, flags);
      const ref = this.refs.get(resource);
      return ref ? [{ ref, ...flags }] : [];
    });
    let adds: JournalEntry["adds"];
    if (change.add) {
      this.finished.add(change.add);
      this.refs.set(change.add, `n${this.added++}`);
      adds = this.entry(change.add);
    }
    return {
      ...(change.operation === undefined ? {} : { ends: change.operation }),
      ...(drops.length > 0 ? { drops } : {}),
      ...(marks.length > 0 ? { marks } : {}),
      ...(adds ? { adds } : {}),
    };
  }

  /**
   * The state as of now, under the new names. The order in which things ended is one in which each stands after
   * what it refers to, but for what stayed only because it was not targeted.
   */
  snapshot(): Snapshot {
    const rest = this.base.filter((resource) => !this.dropped.has(resource) && !this.finished.has(resource));
    const resources = normalizeUrns([...this.finished, ...rest]);
    const gone = new Map(this.vanished);
    if (gone.size > 0) for (const resource of resources) if (!resource.delete) gone.delete(resource.urn);
    return {
      resources: inOrder(withoutReferencesTo(resources, gone)),
      pendingOperations: [...this.earlierPending, ...this.pending.values()],
      kept: this.kept,
    };
  }

  private encode(resource: ResourceState): unknown {
    return this.openJournal ? JSON.parse(encodeResource(resource, this.sealer)) : undefined;
  }

  private entry(resource: ResourceState): { resource: unknown; aliases?: string[] } {
    const aliases = resource.aliases.length > 0 ? { aliases: resource.aliases } : {};
    return { resource: this.encode(resource), ...aliases };
  }

  private note(entry: JournalEntry): void {
    if (!this.openJournal) return;
    if (this.journal) this.journal.note(entry);
    else this.waiting.push(entry);
  }

  private async append(make: () => JournalEntry): Promise<void> {
    // The change is applied at once and the entry queued in the same turn, so that both have one order.
    const entry = make();
    if (!this.openJournal) return;
    if (!this.journal) {
      this.waiting.push(entry);
      this.opening ??= this.openJournal();
      const journal = await this.opening;
      if (!this.journal) {
        this.journal = journal;
        for (const early of this.waiting) journal.note(early);
        this.waiting = [];
      }
      // Entries that waited for the journal are made durable by an empty one.
      return journal.append({});
    }
    return this.journal.append(entry);
  }
}
