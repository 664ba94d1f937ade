/** The sample store's interface. It knows device ids and component keys, not the inventory. */
import type { Component, DeviceSample } from "../samples/types.ts";
import type { CheckReport } from "./check.ts";
import type { CompactionOptions, CompactionStep } from "./compaction.ts";
import type { Journal, Rollups, StateHistory } from "./history-types.ts";
import type { Outbox, OutboxStatus } from "./outbox.ts";

/** Which samples; bounds in ms since the epoch, `fromMs` inclusive, `toMs` exclusive. */
export interface SampleQuery {
  /** Absent: every device. */
  devices?: readonly string[];
  fromMs: number;
  toMs: number;
}

export interface StoreStatus {
  path: string;
  sizeOctets: number;
  devices: number;
  samples: number;
  oldestMs?: number;
  newestMs?: number;
  /** Records that could not be read since this store was opened; they were passed over. */
  damagedRecords?: number;
  /** Samples that came after their hour was rolled up: kept, but in no rollup. */
  lateSamples?: number;
  /** States that were seen of a time already recorded, or too late: not kept. */
  lateStates?: number;
  /** Rollups are complete before; 0: none yet. */
  rolledUpUntilMs?: number;
  /** 0: never. */
  lastCompactionMs?: number;
  /** Incidents, maintenance entries, frozen months. */
  documents?: number;
  /** What remote receivers have yet to get. */
  outbox?: readonly OutboxStatus[];
}

/** Samples of devices over time. One writer; readers never block it. */
export interface SampleStore {
  /** Appends in one transaction; after it returns, the samples survive `kill -9`. */
  append(samples: readonly DeviceSample[]): void;
  /** The newest `count` samples of each device at or before `untilMs` (default: now), oldest first. */
  last(count: number, query?: { devices?: readonly string[]; untilMs?: number }): Map<string, DeviceSample[]>;
  /** Samples in time order per device, one device after the other. */
  range(query: SampleQuery): Iterable<DeviceSample>;
  status(): StoreStatus;
  close(): void;
}

/** A sample whose components may have been read without what was measured of them. */
export interface RecentSample extends DeviceSample {
  /** What its components are, without a measurement decoded; absent: `components` are read already. */
  readonly described?: readonly Pick<Component, "class" | "key" | "attributes">[];
}

/** What is read of a center over time, from one store or from several. */
export interface ReadableStore extends Omit<SampleStore, "append"> {
  /** Its file; of several, all of them. */
  readonly path: string;
  readonly history: Pick<StateHistory, "spans" | "current">;
  readonly journal: Pick<Journal, "latest" | "revisions" | "find">;
  readonly rollups: Rollups;
  /** Of several stores read as one: each of them. */
  readonly parts?: readonly ReadableStore[];
}

/** All that is kept of a center over time: what `openStore` gives. */
export interface Store extends SampleStore {
  readonly path: string;
  readonly history: StateHistory;
  readonly journal: Journal;
  readonly rollups: Rollups;
  /**
   * As `last`, of one device. For who goes through all devices after a cycle: the writer takes the last four from what
   * it wrote itself, not from the file, and their components are read when looked at.
   */
  recent(device: string, count: number, untilMs: number): readonly RecentSample[];
  /**
   * Packs, rolls up and drops what is due, one bounded transaction per step; may be left off and taken up at any step.
   * Only for mode "write", as is `outbox`.
   */
  compaction(options: CompactionOptions): Iterable<CompactionStep>;
  /** Samples appended from now on wait here for remote receivers, at most `limit` of them. */
  outbox(destinations: readonly string[], limit?: number): Outbox;
  /** Reads everything and recomputes every CRC and digest. */
  check(): CheckReport;
  /** Several writes as one, nested ones included: all of them or none. */
  transaction<Result>(work: () => Result): Result;
}
