/** States over time in SQLite: the growing span of each subject in one table, the closed ones in another. */
import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { MalformedRecordError } from "./bytes.ts";
import type {
  RecordResult,
  SpanQuery,
  StateHistory,
  StateObservation,
  StateSpan,
  Subject,
} from "./history-types.ts";
import type { Progress } from "./progress.ts";
import { Subjects } from "./subjects.ts";
import type { Terms } from "./terms.ts";
import type { Transactions } from "./transactions.ts";

/** An observation older than this against the clock is a late one. */
const LIVE_MS = 15 * 60_000;

type StateWord = Pick<StateSpan, "state" | "detail">;

/** The span of a subject that still grows. */
interface Head {
  subject: number;
  fromMs: number;
  /** When the state was seen last; up to here the span is closed. */
  seenMs: number;
  toMs: number;
  state: number;
  /** Where something is recorded already: only after the clock was set back. */
  limitMs: number;
}

export interface HistoryParts {
  database: DatabaseSync;
  terms: Terms;
  transactions: Transactions;
  progress: Progress;
  /** One writer only: it remembers what each subject's span is. */
  mayRecord: boolean;
  onDamage(what: { subject: string; fromMs: number; why: string }): void;
}

export class SpanHistory implements StateHistory {
  readonly #parts: HistoryParts;
  readonly #subjects: Subjects;
  readonly #words = new Map<number, StateWord>();
  #heads: Map<Subject, Head> | undefined;
  readonly #putHead;
  readonly #putSpan;
  readonly #selectHead;
  readonly #before;
  readonly #after;
  readonly #between;

  constructor(parts: HistoryParts) {
    const { database, transactions } = parts;
    this.#parts = parts;
    this.#subjects = new Subjects(database);
    this.#putHead = database.prepare("INSERT OR REPLACE INTO span_head VALUES (?, ?, ?, ?, ?, ?)");
    this.#putSpan = database.prepare("INSERT INTO span VALUES (?, ?, ?, ?, ?)");
    this.#selectHead = database.prepare("SELECT * FROM span_head WHERE subject = ?");
    const columns = "SELECT from_ms, to_ms, state, crc FROM span WHERE subject = ?";
    this.#before = database.prepare(`${columns} AND from_ms <= ? ORDER BY from_ms DESC LIMIT 1`);
    this.#after = database.prepare(`${columns} AND from_ms > ? ORDER BY from_ms LIMIT 1`);
    this.#between = database.prepare(`${columns} AND from_ms > ? AND from_ms < ? ORDER BY from_ms`);
    transactions.onRollback(() => {
      this.#heads = undefined;
      this.#words.clear();
    });
  }

  record(
    observations: readonly StateObservation[],
    { nowMs = Date.now(), liveMs = LIVE_MS }: { nowMs?: number; liveMs?: number } = {},
  ): RecordResult {
    if (!this.#parts.mayRecord) throw new TypeError("states are recorded by the store's one writer");
    return this.#parts.transactions.run(() => {
      const touched = new Set<Head>();
      let recorded = 0;
      for (const observation of observations) {
        if (!Number.isInteger(observation.atMs) || !(observation.holdMs >= 0))
          throw new RangeError(`a state's time must be whole milliseconds, not ${observation.atMs}`);
        const head = observation.atMs < nowMs - liveMs ? undefined : this.#place(observation);
        if (!head) continue;
        touched.add(head);
        recorded += 1;
      }
      for (const { subject, fromMs, seenMs, toMs, state } of touched)
        this.#putHead.run(
          subject,
          fromMs,
          seenMs,
          toMs,
          state,
          headCrc(subject, fromMs, seenMs, toMs, state),
        );
      const late = observations.length - recorded;
      this.#parts.progress.add("late-states", late);
      return { recorded, late };
    });
  }

  spans(query: SpanQuery): Map<Subject, StateSpan[]> {
    const found = new Map<Subject, StateSpan[]>();
    for (const { id, name } of this.#subjects.list(query)) {
      const before = this.#before.get(id, query.fromMs);
      const rows = [...(before ? [before] : []), ...this.#between.all(id, query.fromMs, query.toMs)];
      const spans = rows.map((row) => this.#span(id, name, row)).filter((span) => span !== undefined);
      const head = this.#head(id, name);
      if (head) {
        spans.push(head);
        // Out of order only after the clock was set back.
        if ((spans.at(-2)?.fromMs ?? 0) > head.fromMs) spans.sort((a, b) => a.fromMs - b.fromMs);
      }
      const touching = spans.filter(({ fromMs, toMs }) => fromMs < query.toMs && toMs > query.fromMs);
      if (touching.length > 0) found.set(name, touching);
    }
    return found;
  }

  current(query: { subjects?: readonly Subject[]; prefix?: string } = {}): Map<Subject, StateSpan> {
    const found = new Map<Subject, StateSpan>();
    for (const { id, name } of this.#subjects.list(query)) {
      const head = this.#head(id, name);
      if (head) found.set(name, head);
    }
    return found;
  }

  /** Puts an observation where it belongs. @returns the head to be written; undefined when it is late. */
  #place({ subject, state, detail, atMs, holdMs }: StateObservation): Head | undefined {
    const word = this.#parts.terms.idOf(JSON.stringify({ state, ...(detail !== undefined && { detail }) }));
    const heads = this.#allHeads();
    const head = heads.get(subject);
    if (!head) {
      const id = this.#subjects.idOf(subject);
      return this.#begin(heads, subject, { id, atMs, holdMs, word, limitMs: Number.POSITIVE_INFINITY });
    }
    if (atMs > head.seenMs && atMs < head.limitMs) {
      if (atMs <= head.toMs && word === head.state) {
        head.seenMs = atMs;
        head.toMs = Math.min(atMs + holdMs, head.limitMs);
        return head;
      }
      this.#close(head, Math.min(head.toMs, atMs));
      return this.#begin(heads, subject, { id: head.subject, atMs, holdMs, word, limitMs: head.limitMs });
    }
    if (atMs === head.seenMs && word === head.state) return head;
    return this.#placeAside(heads, subject, head, { atMs, holdMs, word });
  }

  /** The clock was set back, or has caught up again: only time of which nothing is recorded is written. */
  #placeAside(
    heads: Map<Subject, Head>,
    subject: Subject,
    head: Head,
    { atMs, holdMs, word }: { atMs: number; holdMs: number; word: number },
  ): Head | undefined {
    if (atMs >= head.fromMs && atMs < head.toMs) return undefined;
    const before = this.#before.get(head.subject, atMs);
    if (before && Number(before.to_ms) > atMs) return undefined;
    const next = Number(this.#after.get(head.subject, atMs)?.from_ms ?? Number.POSITIVE_INFINITY);
    const limitMs = head.fromMs > atMs ? Math.min(next, head.fromMs) : next;
    this.#close(head, head.toMs);
    return this.#begin(heads, subject, { id: head.subject, atMs, holdMs, word, limitMs });
  }

  #begin(
    heads: Map<Subject, Head>,
    subject: Subject,
    {
      id,
      atMs,
      holdMs,
      word,
      limitMs,
    }: { id: number; atMs: number; holdMs: number; word: number; limitMs: number },
  ): Head {
    const head = {
      subject: id,
      fromMs: atMs,
      seenMs: atMs,
      toMs: Math.min(atMs + holdMs, limitMs),
      state: word,
      limitMs,
    };
    heads.set(subject, head);
    return head;
  }

  #close({ subject, fromMs, state }: Head, toMs: number): void {
    if (toMs > fromMs) this.#putSpan.run(subject, fromMs, toMs, state, spanCrc(subject, fromMs, toMs, state));
  }

  #allHeads(): Map<Subject, Head> {
    if (this.#heads) return this.#heads;
    const heads = new Map<Subject, Head>();
    for (const { id, name } of this.#subjects.list({})) {
      const row = this.#selectHead.get(id);
      if (!row) continue;
      const fromMs = Number(row.from_ms);
      const limitMs = Number(this.#after.get(id, fromMs)?.from_ms ?? Number.POSITIVE_INFINITY);
      heads.set(name, {
        subject: id,
        fromMs,
        seenMs: Number(row.seen_ms),
        toMs: Number(row.to_ms),
        state: Number(row.state),
        limitMs,
      });
    }
    this.#heads = heads;
    return heads;
  }

  #head(id: number, name: Subject): StateSpan | undefined {
    const row = this.#selectHead.get(id);
    if (!row) return undefined;
    const [fromMs, seenMs, toMs, state] = [row.from_ms, row.seen_ms, row.to_ms, row.state].map(Number) as [
      number,
      number,
      number,
      number,
    ];
    return this.#checked(name, fromMs, toMs, state, headCrc(id, fromMs, seenMs, toMs, state) === row.crc);
  }

  #span(id: number, name: Subject, row: Record<string, unknown>): StateSpan | undefined {
    const [fromMs, toMs, state] = [row.from_ms, row.to_ms, row.state].map(Number) as [number, number, number];
    return this.#checked(name, fromMs, toMs, state, spanCrc(id, fromMs, toMs, state) === row.crc);
  }

  #word(term: number): StateWord {
    const known = this.#words.get(term);
    if (known) return known;
    const word = JSON.parse(this.#parts.terms.text(term)) as StateWord;
    this.#words.set(term, word);
    return word;
  }

  #checked(
    subject: Subject,
    fromMs: number,
    toMs: number,
    term: number,
    isWhole: boolean,
  ): StateSpan | undefined {
    try {
      if (!isWhole) throw new MalformedRecordError("its CRC is wrong");
      return { subject, fromMs, toMs, ...this.#word(term) };
    } catch (error) {
      if (!(error instanceof MalformedRecordError)) throw error;
      this.#parts.onDamage({ subject, fromMs, why: error.message });
      return undefined;
    }
  }
}

const octets = Buffer.alloc(40);

function headCrc(subject: number, fromMs: number, seenMs: number, toMs: number, state: number): number {
  [subject, fromMs, seenMs, toMs, state].forEach((value, at) => void octets.writeDoubleLE(value, at * 8));
  return crc32(octets);
}

function spanCrc(subject: number, fromMs: number, toMs: number, state: number): number {
  [subject, fromMs, toMs, state].forEach((value, at) => void octets.writeDoubleLE(value, at * 8));
  return crc32(octets.subarray(0, 32));
}
