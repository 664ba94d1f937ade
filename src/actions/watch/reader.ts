/** Reads the store that a poller writes to, or those of several that share the province, and judges anew when something came. Blocks for as long as that takes. */
import { statSync } from "node:fs";
import { evaluate } from "../../health/evaluate.ts";
import { neighborsOf } from "../../health/neighbors.ts";
import type { HealthSnapshot } from "../../health/types.ts";
import { dateAt } from "../../inventory/agencies.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { Language } from "../../report/format.ts";
import { ratedSeries, ratesBetween } from "../../samples/rates.ts";
import type { RatedSample } from "../../samples/types.ts";
import type { ReadableStore } from "../../store/types.ts";
import { buildTopology } from "../../topology/build.ts";
import type { Topology } from "../../topology/types.ts";
import { openIncidents } from "../incident/open-province.ts";
import { provinceIncidents } from "../incident/recorded.ts";
import { missingShards } from "../report/several-stores.ts";
import { busierUse, type WatchSnapshot, watchSnapshot } from "./snapshot.ts";
import { earlierUse } from "./trend.ts";

/** Samples per device that are kept: four cycles of three probes, enough to tell a loss. */
const KEPT_SAMPLES = 4;
/** Read at first, so that a trend has a past. */
const FIRST_SAMPLES = 9;
const TREND_POINTS = 16;
/** Time alone changes states too (what is not heard of any more): looked at so often. */
const AGEING_MS = 60_000;
/** The lie of the land changes with LLDP and with the day; neither is urgent. */
const TOPOLOGY_MS = 3_600_000;
/** A store whose newest sample is older than this tells of then, not of now. */
const STALE_MS = 15 * 60_000;

export class WatchReader {
  readonly #inventory: Inventory;
  readonly #storePaths: readonly string[];
  readonly #language: Language;
  readonly #store: ReadableStore;
  readonly #devices: readonly string[];
  readonly #samples = new Map<string, RatedSample[]>();
  readonly #trends = new Map<string, (number | null)[]>();
  #topology: Topology | undefined;
  #topologyMs = 0;
  #health: HealthSnapshot | undefined;
  #judgedMs = 0;
  #newestMs: number | undefined;
  #isOld = false;
  #mark = "";

  /** `storePaths`: one, or those of the pollers that share the province. @throws StoreError, SeveralStoresError */
  constructor(inventory: Inventory, storePaths: readonly string[], language: Language = "en") {
    this.#language = language;
    this.#inventory = inventory;
    this.#storePaths = storePaths;
    this.#devices = [...inventory.devices.keys()];
    this.#store = openIncidents(storePaths);
  }

  /** The state of things, or undefined when nothing has changed since the last time. @throws StoreError */
  read(nowMs = Date.now()): WatchSnapshot | undefined {
    const mark = this.#storePaths.map(markOf).join(" ");
    const isAged = nowMs - this.#judgedMs >= AGEING_MS || nowMs < this.#judgedMs;
    if (mark === this.#mark && !isAged) return undefined;
    this.#mark = mark;
    const hasNew = this.#takeNew();
    if (hasNew || isAged || !this.#health) this.#judge(nowMs, hasNew);
    return watchSnapshot({
      inventory: this.#inventory,
      health: this.#health!,
      incidents: provinceIncidents(this.#store, this.#inventory, { openOnly: true }).map(({ one }) => one),
      missingShards: missingShards(this.#store),
      trends: this.#trends,
      newestSampleMs: this.#newestMs,
      isOld: this.#isOld,
      language: this.#language,
    });
  }

  close(): void {
    this.#store.close();
  }

  /** Whether any device has a newer sample than the one that is known. */
  #takeNew(): boolean {
    const isFirst = this.#samples.size === 0;
    let hasNew = false;
    for (const [device, series] of this.#store.last(isFirst ? FIRST_SAMPLES : 1, {
      devices: this.#devices,
    })) {
      const newest = series.at(-1);
      if (!newest) continue;
      this.#newestMs = Math.max(this.#newestMs ?? 0, newest.atMs);
      const known = this.#samples.get(device);
      const last = known?.at(-1);
      if (!known || !last) this.#samples.set(device, [...ratedSeries(series)]);
      else if (last.sample.atMs >= newest.atMs) continue;
      else this.#samples.set(device, [...known.slice(1 - KEPT_SAMPLES), ratesBetween(last.sample, newest)]);
      hasNew = true;
    }
    return hasNew;
  }

  #judge(nowMs: number, hasNew: boolean): void {
    const inventory = this.#inventory;
    if (!this.#topology || nowMs - this.#topologyMs >= TOPOLOGY_MS) {
      this.#topology = buildTopology(inventory, {
        on: dateAt(inventory, nowMs),
        neighbors: neighborsOf(this.#samples),
      });
      this.#topologyMs = nowMs;
    }
    const newestMs = this.#newestMs;
    this.#isOld = newestMs !== undefined && nowMs - newestMs > STALE_MS;
    const atMs = this.#isOld ? newestMs! : nowMs;
    this.#health = evaluate({
      inventory,
      topology: this.#topology,
      samples: this.#samples,
      nowMs: atMs,
    });
    this.#judgedMs = nowMs;
    if (hasNew) this.#followTrends(this.#health);
  }

  #followTrends(health: HealthSnapshot): void {
    for (const [id, measures] of health.linkMeasures) {
      const use = busierUse(measures);
      const link = this.#inventory.links.get(id);
      const trend = this.#trends.get(id) ?? (link ? earlierUse(link, measures, this.#samples) : []);
      this.#trends.set(id, [...trend.slice(1 - TREND_POINTS), use === undefined ? null : Math.round(use)]);
    }
  }
}

/** Changes with every commit: SQLite appends it to the write-ahead log, or takes that into the file. */
function markOf(path: string): string {
  return [path, `${path}-wal`]
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found ? `${found.mtimeMs}/${found.size}` : "-";
    })
    .join(" ");
}
