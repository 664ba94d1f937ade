/** What a store keeps beside samples: states over time, documents with their revisions, rollups. */

/**
 * A subject is what a state or a document is about, kind before id, so that a prefix names a kind: "device/dh-core",
 * "link/dh-primary", "interface/dh-core/Gi0/1", "site/…", "agency/…". The store reads nothing into it.
 */
export type Subject = string;

/** One state of one subject over [fromMs, toMs). Spans of a subject never overlap; time without one was not measured. */
export interface StateSpan {
  subject: Subject;
  fromMs: number;
  toMs: number;
  /** The caller's word: "up", "down", "unreachable" … */
  state: string;
  /** What belongs to the state and begins a new span when it changes (a reason's code, what it is unreachable because of). */
  detail?: string;
}

/** What was seen of a subject at a moment, and how long that may stand when nothing more is seen. */
export interface StateObservation {
  subject: Subject;
  state: string;
  detail?: string;
  /** ms since the epoch. */
  atMs: number;
  /** The state stands until the next observation, at most this long (two polling intervals, say); then it is a gap. */
  holdMs: number;
}

export interface RecordResult {
  recorded: number;
  /** Not recorded: older than `liveMs`, or of a time of which something is recorded already. */
  late: number;
}

export interface SpanQuery {
  /** These subjects; absent: all, or those that begin with `prefix` ("link/"). */
  subjects?: readonly Subject[];
  prefix?: string;
  /** Spans that touch [fromMs, toMs); they are given whole, not cut to it. */
  fromMs: number;
  toMs: number;
}

/**
 * States over time, kept for good; a span is written when a state changes. The past is not written again: an
 * observation of a time already recorded (the clock was set back), or older than `liveMs`, is counted as late.
 */
export interface StateHistory {
  /** In one transaction. Observations of one subject in time order. `nowMs` (default: the clock) tells live from late. */
  record(
    observations: readonly StateObservation[],
    options?: { nowMs?: number; liveMs?: number },
  ): RecordResult;
  /** By subject, each in time order. Subjects without a span in the range are not in the map (asked ones neither). */
  spans(query: SpanQuery): Map<Subject, StateSpan[]>;
  /** The newest span of each subject. Its `toMs` is as far as what was seen last may stand: perhaps in the future. */
  current(query?: { subjects?: readonly Subject[]; prefix?: string }): Map<Subject, StateSpan>;
}

/** One revision of a document. Revisions are only ever appended, and each carries a digest over all before it. */
export interface JournalEntry<Body = unknown> {
  /** "incident", "maintenance", "closed-month", "restatement" … */
  kind: string;
  id: string;
  /** From 1. */
  revision: number;
  writtenMs: number;
  subject: Subject;
  /** The time it is about; absent `closedMs`: it goes on. */
  openedMs: number;
  closedMs?: number;
  /** JSON. */
  body: Body;
  /** SHA-256 (hex) of the body's text as it was stored: `JSON.stringify(body)`. */
  sha256: string;
}

export interface NewJournalEntry<Body = unknown> {
  kind: string;
  id: string;
  subject: Subject;
  openedMs: number;
  closedMs?: number;
  body: Body;
  /** The revision this one was made from (0: none yet). When another came in between: StoreError `revised` (25). */
  after?: number;
  /** Default: the clock. */
  writtenMs?: number;
}

export interface JournalQuery {
  kind: string;
  /** Documents whose [openedMs, closedMs] touches [fromMs, toMs). */
  fromMs?: number;
  toMs?: number;
  subject?: Subject;
  prefix?: string;
  /** Only those without `closedMs`. */
  openOnly?: boolean;
}

/** Incidents, maintenance entries, frozen months: small documents of which every revision is kept for good. */
export interface Journal {
  /**
   * Appends a revision. @throws StoreError `revised` (25) when `after` is not the newest, `frozen` (22) when the
   * document was frozen.
   */
  append<Body>(entry: NewJournalEntry<Body>): JournalEntry<Body>;
  /** Appends the one revision that a document will ever have. @throws StoreError `frozen` (22) when there is one. */
  freeze<Body>(entry: Omit<NewJournalEntry<Body>, "after">): JournalEntry<Body>;
  latest<Body = unknown>(kind: string, id: string): JournalEntry<Body> | undefined;
  /** Oldest first: the audit trail. */
  revisions<Body = unknown>(kind: string, id: string): JournalEntry<Body>[];
  /** The newest revision of each document, by `openedMs`. */
  find<Body = unknown>(query: JournalQuery): JournalEntry<Body>[];
}

/** Seconds of a rollup's step. */
export type RollupStep = 300 | 3600;

export interface RollupQuery {
  /** 300: kept 90 days, WAN links 13 months. 3600: kept 13 months. */
  stepSeconds: RollupStep;
  fromMs: number;
  toMs: number;
  /** Absent: every device. */
  devices?: readonly string[];
  /** Absent: every component of the devices. */
  components?: readonly { device: string; class: string; key: string }[];
  /** Names of measurements ("inOctets"); absent: all. */
  measurements?: readonly string[];
}

/**
 * Rollups of one measurement in time order. Gauges as they are; counters as rates per second, spread over the steps
 * their interval covers; never across a gap. Steps without a value are left out. Five significant digits.
 */
export interface RollupSeries {
  device: string;
  class: string;
  key: string;
  measurement: string;
  /** "octets" of a counter means octets per second. */
  unit?: string;
  isRate: boolean;
  /** Begin of each step, ms since the epoch; the other columns are as long. */
  atMs: Float64Array;
  min: Float64Array;
  /** Of gauges over their values, of rates over the time they cover. */
  mean: Float64Array;
  max: Float64Array;
  /** Values (gauges) or intervals (rates) in the step. */
  count: Float64Array;
}

/** Class of the component with key "" that carries a device's own probes: `rttMs`, `jitterMs`, `lossPercent`. */
export const REACHABILITY_CLASS = "reachability";

export interface Rollups {
  series(query: RollupQuery): Iterable<RollupSeries>;
  /** Rollups are complete before this moment; what is newer is in the raw samples. 0: none were made yet. */
  completeUntilMs(): number;
}
