/** Several stores read as one: those of the pollers that share a province (`--shard`). */
import type { DeviceSample } from "../samples/types.ts";
import type {
  JournalEntry,
  JournalQuery,
  RollupQuery,
  RollupSeries,
  SpanQuery,
  StateSpan,
  Subject,
} from "./history-types.ts";
import { mergedRollups } from "./merged-rollups.ts";
import { mergedSpans, type StateUnion } from "./merged-spans.ts";
import type { ReadableStore, SampleQuery, StoreStatus } from "./types.ts";

/** A device that moved from one shard to another is in two stores; its samples come in time order all the same. */
export class MergedStore implements ReadableStore {
  readonly parts: readonly ReadableStore[];
  readonly path: string;
  readonly history;
  readonly journal;
  readonly rollups;

  constructor(stores: readonly ReadableStore[], union: StateUnion) {
    this.parts = stores;
    this.path = stores.map(({ path }) => path).join(", ");
    this.history = {
      spans: (query: SpanQuery) =>
        spansOfAll(
          stores.map(({ history }) => history.spans(query)),
          union,
        ),
      current: (query?: { subjects?: readonly Subject[]; prefix?: string }) =>
        newestSpans(stores.map(({ history }) => history.current(query))),
    };
    this.journal = {
      latest: <Body>(kind: string, id: string) =>
        stores
          .map(({ journal }) => journal.latest<Body>(kind, id))
          .filter((entry) => entry !== undefined)
          .sort((a, b) => b.writtenMs - a.writtenMs)[0],
      revisions: <Body>(kind: string, id: string) =>
        stores.map(({ journal }) => journal.revisions<Body>(kind, id)).find((all) => all.length > 0) ?? [],
      find: <Body>(query: JournalQuery): JournalEntry<Body>[] =>
        stores
          .flatMap(({ journal }) => journal.find<Body>(query))
          .sort((a, b) => a.openedMs - b.openedMs || (a.id < b.id ? -1 : 1)),
    };
    this.rollups = {
      series: (query: RollupQuery): Iterable<RollupSeries> =>
        mergedRollups(stores.map(({ rollups }) => rollups.series(query))),
      completeUntilMs: () => Math.min(...stores.map(({ rollups }) => rollups.completeUntilMs())),
    };
  }

  last(
    count: number,
    query?: { devices?: readonly string[]; untilMs?: number },
  ): Map<string, DeviceSample[]> {
    const latest = new Map<string, DeviceSample[]>();
    for (const store of this.parts) {
      for (const [device, samples] of store.last(count, query)) {
        const known = latest.get(device);
        latest.set(device, known ? inTime([...known, ...samples]).slice(-count) : samples);
      }
    }
    return latest;
  }

  /** Merges the stores' samples, which each gives by device and then by time. */
  *range(query: SampleQuery): Generator<DeviceSample> {
    const devices = query.devices && [...new Set(query.devices)].sort();
    const sources = this.parts.map((store) =>
      store.range({ ...query, ...(devices && { devices }) })[Symbol.iterator](),
    );
    const heads = sources.map((source) => source.next().value as DeviceSample | undefined);
    for (;;) {
      let first = -1;
      for (const [at, head] of heads.entries())
        if (head && (first < 0 || isBefore(head, heads[first] as DeviceSample))) first = at;
      const head = heads[first];
      if (!head) return;
      yield head;
      heads[first] = sources[first]!.next().value as DeviceSample | undefined;
    }
  }

  status(): StoreStatus {
    const all = this.parts.map((store) => store.status());
    const oldest = all.flatMap(({ oldestMs }) => oldestMs ?? []);
    const newest = all.flatMap(({ newestMs }) => newestMs ?? []);
    const sum = (of: (status: StoreStatus) => number | undefined) =>
      all.reduce((total, status) => total + (of(status) ?? 0), 0);
    return {
      path: this.path,
      sizeOctets: sum(({ sizeOctets }) => sizeOctets),
      devices: sum(({ devices }) => devices),
      samples: sum(({ samples }) => samples),
      ...(oldest.length > 0 && { oldestMs: Math.min(...oldest) }),
      ...(newest.length > 0 && { newestMs: Math.max(...newest) }),
      damagedRecords: sum(({ damagedRecords }) => damagedRecords),
      lateSamples: sum(({ lateSamples }) => lateSamples),
      lateStates: sum(({ lateStates }) => lateStates),
      rolledUpUntilMs: this.rollups.completeUntilMs(),
      documents: sum(({ documents }) => documents),
    };
  }

  close(): void {
    for (const store of this.parts) store.close();
  }
}

function isBefore(a: DeviceSample, b: DeviceSample): boolean {
  return a.device === b.device ? a.atMs < b.atMs : a.device < b.device;
}

function inTime(samples: DeviceSample[]): DeviceSample[] {
  return samples.sort((a, b) => a.atMs - b.atMs);
}

function spansOfAll(
  all: readonly ReadonlyMap<Subject, StateSpan[]>[],
  union: StateUnion,
): Map<Subject, StateSpan[]> {
  const lists = new Map<Subject, StateSpan[][]>();
  for (const [subject, spans] of all.flatMap((one) => [...one])) {
    const known = lists.get(subject);
    if (known) known.push(spans);
    else lists.set(subject, [spans]);
  }
  return new Map(
    [...lists].map(([subject, of]) => [subject, of.length > 1 ? mergedSpans(subject, of, union) : of[0]!]),
  );
}

function newestSpans(all: readonly Map<Subject, StateSpan>[]): Map<Subject, StateSpan> {
  const newest = new Map<Subject, StateSpan>();
  for (const [subject, span] of all.flatMap((one) => [...one])) {
    const known = newest.get(subject);
    if (!known || known.toMs < span.toMs) newest.set(subject, span);
  }
  return newest;
}
