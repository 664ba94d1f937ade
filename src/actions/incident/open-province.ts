/** The stores whose incidents are asked about: one, or those of the pollers that share the province, read as one. */
import type { ReadableStore } from "../../store/types.ts";
import { openProvince, refuseOverlap } from "../report/several-stores.ts";

/** Pollers of the same devices now are told from what they recorded in so long. */
const RECENT_MS = 6 * 3_600_000;

/** For reading. @throws StoreError; SeveralStoresError (2) when they are not pollers' that share a province */
export function openIncidents(
  paths: readonly string[],
  period: { fromMs: number; toMs: number } = { fromMs: Date.now() - RECENT_MS, toMs: Date.now() },
): ReadableStore {
  const store = openProvince(paths);
  try {
    refuseOverlap(store, period);
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}
