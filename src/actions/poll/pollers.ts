/** Who wrote a store: its poller notes what it polls, so that several stores can be held against each other. */
import type { Inventory } from "../../inventory/model.ts";
import type { Shard } from "../../poll/shard.ts";
import type { JournalEntry } from "../../store/history-types.ts";
import type { ReadableStore, Store } from "../../store/types.ts";

const POLLER = "poller";

/** A new revision stands in the journal whenever one of these changes. */
export interface PollerNote {
  /** Id of the province. */
  province: string;
  /** Absent: all of the province, or what was chosen by hand. */
  shard?: Shard;
  inventoryRevision: string;
}

/** Notes it when it is not what was noted last. @throws StoreError */
export function notePoller(store: Store, inventory: Inventory, shard: Shard | undefined): void {
  const body: PollerNote = {
    province: inventory.province.id,
    ...(shard && { shard }),
    inventoryRevision: inventory.contentHash,
  };
  const known = store.journal.latest<PollerNote>(POLLER, POLLER)?.body;
  if (known && JSON.stringify(known) === JSON.stringify(body)) return;
  const writtenMs = Date.now();
  store.journal.append({
    kind: POLLER,
    id: POLLER,
    subject: `province/${body.province}`,
    openedMs: writtenMs,
    body,
    writtenMs,
  });
}

/** The last note of a store's poller; undefined of a store that is older than such notes. */
export function pollerOf(store: Pick<ReadableStore, "journal">): JournalEntry<PollerNote> | undefined {
  return store.journal.latest<PollerNote>(POLLER, POLLER);
}
