/** The store's upkeep between the cycles of a poller: compaction in small pieces, so that nothing waits for it. */
import { setImmediate as breathe } from "node:timers/promises";
import { findInterface } from "../../health/link-evidence.ts";
import type { Inventory } from "../../inventory/model.ts";
import { ratesBetween } from "../../samples/rates.ts";
import type { CompactionStep } from "../../store/compaction.ts";
import { REACHABILITY_CLASS } from "../../store/history-types.ts";
import type { Store } from "../../store/types.ts";

/** Steps that are done however little time there is: a poller that is always busy must not fall behind for good. */
const LEAST_STEPS = 100;
/** Between two runs that found nothing to do. */
const IDLE_MS = 5 * 60_000;

export type LongKept = readonly { device: string; class: string; key: string }[];

/** Ends of WAN links, and the probes of the devices that have them: kept for 13 months in steps of 5 minutes. */
export function longKeptOf(inventory: Inventory, store: Store): LongKept {
  const ends = [...inventory.links.values()].flatMap(({ a, b }) => [a, b]);
  const latest = store.last(1, { devices: ends.map(({ device }) => device) });
  const kept = ends.map((end) => {
    const components = latest.get(end.device)?.[0]?.components ?? [];
    const interfaces = new Map(
      components
        .filter((component) => component.class === "interface")
        .map((component) => [component.key, { component }]),
    );
    const key = findInterface(interfaces, end)?.component.key ?? end.interface;
    return { device: end.device, class: "interface", key };
  });
  const probed = [...new Set(ends.map(({ device }) => device))];
  return [...kept, ...probed.map((device) => ({ device, class: REACHABILITY_CLASS, key: "" }))];
}

/** Runs what compaction is due, a piece after each cycle. */
export class Upkeep {
  readonly #store: Store;
  readonly #maxOctets: number | undefined;
  #steps: Iterator<CompactionStep> | undefined;
  #restUntilMs = 0;

  constructor(store: Store, maxOctets?: number) {
    this.#store = store;
    this.#maxOctets = maxOctets;
  }

  /**
   * Works until `untilMs` (of `performance.now()`), at least a few steps, and goes on there the next time.
   * @throws StoreError: the disk is full, say; the next call begins anew.
   */
  async run(inventory: Inventory, untilMs: number, signal: AbortSignal): Promise<void> {
    if (performance.now() < this.#restUntilMs) return;
    this.#steps ??= this.#begin(inventory);
    try {
      for (let step = 0; step < LEAST_STEPS || performance.now() < untilMs; step += 1) {
        if (signal.aborted) return;
        if (this.#steps.next().done) {
          this.#steps = undefined;
          this.#restUntilMs = performance.now() + IDLE_MS;
          return;
        }
        await breathe();
      }
    } catch (error) {
      this.#steps = undefined;
      throw error;
    }
  }

  #begin(inventory: Inventory): Iterator<CompactionStep> {
    const longKept = longKeptOf(inventory, this.#store);
    return this.#store
      .compaction({
        rate: ratesBetween,
        longKept,
        ...(this.#maxOctets !== undefined && { retention: { maxOctets: this.#maxOctets } }),
      })
      [Symbol.iterator]();
  }
}
