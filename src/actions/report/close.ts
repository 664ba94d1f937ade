/** `pdc report close`: the numbers of a month are written down for good; what is found later is restated beside them. */
import { userInfo } from "node:os";
import { setImmediate as breathe } from "node:timers/promises";
import { loadInventory } from "../../inventory/load.ts";
import type { Inventory } from "../../inventory/model.ts";
import {
  type ClosedMonth,
  type ClosedNumbers,
  type Difference,
  differencesBetween,
  digestOf,
} from "../../report/closing.ts";
import { openStore } from "../../store/open-store.ts";
import type { ReadableStore, Store } from "../../store/types.ts";
import { UsageError } from "../inventory/open.ts";
import { storePaths } from "../store/paths.ts";
import { CLOSED_MONTH, RESTATEMENT, standingMonth } from "./closed-months.ts";
import { reportOf } from "./make-report.ts";
import { monthPeriod, type Period } from "./period.ts";
import { periodInput } from "./period-report.ts";
import { missingShards, openProvince, refuseDifferingInventories, refuseOverlap } from "./several-stores.ts";

export interface CloseOptions {
  inventoryDirectory: string;
  cacheDirectory?: string;
  stateDirectory: string;
  /** Those of the pollers that share the province; the month is written into the first. Default: the state directory's. */
  store?: readonly string[] | undefined;
  /** "2026-10". */
  month: string;
  /** Why numbers that differ from the closed ones are stated anew. */
  restate?: string | undefined;
  by?: string | undefined;
  toolVersion: string;
  signal?: AbortSignal;
  nowMs?: number;
}

export interface Closing {
  outcome: "closed" | "unchanged" | "differs" | "restated";
  /** What stands: the month as closed, or its last restatement. */
  standing: ClosedMonth;
  /** What the store and the inventory say now otherwise than what stands (before a restatement). */
  differences: readonly Difference[];
}

/** @throws InventoryError, StoreError, UsageError, ClosedMonthError, SeveralStoresError */
export async function closeMonth(options: CloseOptions): Promise<Closing> {
  const inventory = await loadInventory(options.inventoryDirectory, {
    ...(options.cacheDirectory && { cacheDirectory: options.cacheDirectory }),
  });
  const nowMs = options.nowMs ?? Date.now();
  const period = monthPeriod(options.month, inventory.province.timeZone, nowMs);
  if (period.endMs > nowMs) throw new UsageError(`${options.month} is not over yet`, "close it when it is");
  const paths = storePaths(options);
  // Before one of them is opened for writing.
  const all = openProvince(paths);
  let store: Store | undefined;
  try {
    refusePart(all, period);
    store = openStore(paths[0]!, { mode: "annotate" });
    const standing = standingMonth(all, options.month);
    const found = monthNow(all, inventory, period, { ...options, nowMs });
    // Ctrl-C that came meanwhile is heard before a month is closed for good, not after.
    await breathe();
    options.signal?.throwIfAborted();
    if (!standing) {
      write(store, CLOSED_MONTH, inventory, found);
      return { outcome: "closed", standing: found, differences: [] };
    }
    const differences = differencesBetween(standing.numbers, found.numbers);
    if (differences.length === 0) return { outcome: "unchanged", standing, differences };
    if (options.restate === undefined) return { outcome: "differs", standing, differences };
    const restated = { ...found, reason: options.restate, differences };
    write(store, RESTATEMENT, inventory, restated);
    return { outcome: "restated", standing: restated, differences };
  } finally {
    store?.close();
    all.close();
  }
}

/** What is frozen is of the whole province, and told by pollers that agree on what that is. */
function refusePart(all: ReadableStore, period: Period): void {
  const missing = missingShards(all);
  if (missing.length > 0)
    throw new UsageError(
      `${all.path} is not the whole province: the stores of shard ${missing.join(", ")} are missing`,
      "name the store of every poller with --store",
    );
  refuseOverlap(all, period);
  refuseDifferingInventories(all);
}

function monthNow(
  store: ReadableStore,
  inventory: Inventory,
  period: Period,
  { month, by, toolVersion, nowMs }: CloseOptions & { nowMs: number },
): ClosedMonth {
  const numbers = numbersOf(store, inventory, period);
  return {
    month,
    fromMs: period.fromMs,
    toMs: period.toMs,
    closedMs: nowMs,
    by: by ?? userInfo().username,
    inventoryRevision: inventory.contentHash,
    toolVersion,
    sha256: digestOf(numbers),
    numbers,
  };
}

/** The numbers of a period, of the whole province, as the reports give them. */
export function numbersOf(store: ReadableStore, inventory: Inventory, period: Period): ClosedNumbers {
  const rowsOf = (kind: "availability" | "incident" | "coverage", section: string) => {
    const { facts, ...found } = periodInput(kind, store, inventory, period);
    const { model } = reportOf(kind, inventory, found, { facts, language: "en", madeAtMs: period.toMs });
    return model.sections.find(({ id }) => id === section)?.table.rows ?? [];
  };
  const { facts, ...found } = periodInput("availability", store, inventory, period);
  const { model } = reportOf("availability", inventory, found, {
    facts,
    language: "en",
    madeAtMs: period.toMs,
  });
  const of = (section: string) => model.sections.find(({ id }) => id === section)?.table.rows ?? [];
  return JSON.parse(
    JSON.stringify({
      links: of("links"),
      agencies: of("agencies"),
      carriers: of("carriers"),
      communes: rowsOf("coverage", "communes"),
      incidents: rowsOf("incident", "incidents"),
    }),
  );
}

function write(store: Store, kind: string, inventory: Inventory, body: ClosedMonth): void {
  const entry = {
    kind,
    id: body.month,
    subject: `province/${inventory.province.id}`,
    openedMs: body.fromMs,
    closedMs: body.toMs,
    body,
    writtenMs: body.closedMs,
  };
  if (kind === CLOSED_MONTH) store.journal.freeze(entry);
  else store.journal.append(entry);
}
