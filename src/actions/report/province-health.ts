/** From the store to the health of a province: what reports, the demo and the live view begin with. */
import { evaluate } from "../../health/evaluate.ts";
import { neighborsOf } from "../../health/neighbors.ts";
import type { HealthSnapshot } from "../../health/types.ts";
import { dateAt } from "../../inventory/agencies.ts";
import type { Inventory } from "../../inventory/model.ts";
import { ratedSeries } from "../../samples/rates.ts";
import type { DeviceSample, RatedSample } from "../../samples/types.ts";
import { openStore } from "../../store/open-store.ts";
import type { ReadableStore, Store } from "../../store/types.ts";
import { buildTopology } from "../../topology/build.ts";
import type { Topology } from "../../topology/types.ts";
import { NewestSamples } from "./newest-samples.ts";

/** Newest samples per device that states, since-times, losses and small charts are made of. */
const SAMPLES = 12;
/** A store whose newest sample is older than this tells of then, not of now. */
const STALE_MS = 15 * 60_000;

export interface ProvinceHealth {
  health: HealthSnapshot;
  topology: Topology;
  samples: ReadonlyMap<string, readonly RatedSample[]>;
}

/**
 * The health of a province by the store at `storePath`. `atMs` (default now) is the moment asked about; when the
 * store ends before it, the states are those of its newest sample (`health.atMs` says so).
 * @throws StoreError
 */
export function provinceHealth(inventory: Inventory, storePath: string, atMs = Date.now()): ProvinceHealth {
  const store = openStore(storePath, { mode: "read" });
  try {
    return healthOfStore(inventory, store, atMs);
  } finally {
    store.close();
  }
}

/** The same over a store that is open already. */
export function healthOfStore(
  inventory: Inventory,
  store: Pick<ReadableStore, "last">,
  atMs: number,
): ProvinceHealth {
  const last = store.last(SAMPLES, { devices: [...inventory.devices.keys()], untilMs: atMs });
  const samples = new Map<string, readonly RatedSample[]>();
  for (const [device, series] of last) samples.set(device, [...ratedSeries(series)]);
  const topology = buildTopology(inventory, { on: dateAt(inventory, atMs), neighbors: neighborsOf(samples) });
  const health = evaluate({ inventory, topology, samples, nowMs: momentOf(last, atMs) });
  return { health, topology, samples };
}

/**
 * The health of now in the process that writes the store: each device's few samples are taken from what the store has
 * just written, made when they are looked at and let go again. So 5,000 devices take no more memory than one.
 */
export function healthOfNow(inventory: Inventory, store: Store, nowMs: number): HealthSnapshot {
  const samples = new NewestSamples(store, [...inventory.devices.keys()], nowMs);
  const topology = buildTopology(inventory, {
    on: dateAt(inventory, nowMs),
    neighbors: samples.neighbors(),
  });
  return evaluate({ inventory, topology, samples, nowMs });
}

/** `atMs`, or the newest sample when all of them are old by then. */
function momentOf(samples: ReadonlyMap<string, readonly DeviceSample[]>, atMs: number): number {
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const series of samples.values()) newestMs = Math.max(newestMs, series.at(-1)?.atMs ?? newestMs);
  return Number.isFinite(newestMs) && atMs - newestMs > STALE_MS ? newestMs : atMs;
}
