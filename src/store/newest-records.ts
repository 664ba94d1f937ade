/** The newest records of each device as they were written, so that the writer's process need not read them back. */
import type { Component, DeviceSample } from "../samples/types.ts";
import { ByteReader } from "./bytes.ts";
import type { SampleLayout } from "./layout.ts";
import { readComponents, readFrame } from "./sample-content.ts";
import type { Terms } from "./terms.ts";
import type { RecentSample } from "./types.ts";

/** Per device: what the health of a cycle looks back on. About half a kilobyte each. */
const KEPT = 4;

interface NewestRecord {
  atMs: number;
  /** Of `writeContent`, an octet a character: as a string it takes half of what a buffer of its own does. */
  octets: string;
  layout: SampleLayout;
}

/** Of one device, in the order of time and without a hole. */
export class NewestRecords {
  readonly #records: NewestRecord[] = [];

  /** `octets` are copied; the layout is shared with the writer. */
  add(atMs: number, octets: Buffer, layout: SampleLayout): void {
    this.#records.push({ atMs, octets: octets.toString("latin1"), layout });
    if (this.#records.length > KEPT) this.#records.shift();
  }

  /** A sample was written that is not newer than all before: a clock went back, or it came late. */
  clear(): void {
    this.#records.length = 0;
  }

  /** The newest `count` at or before `untilMs`, oldest first; undefined when only the file can tell. */
  last(
    device: string,
    { count, untilMs, all }: { count: number; untilMs: number; all: number },
    terms: Terms,
  ): RecentSample[] | undefined {
    const found = this.#records.filter(({ atMs }) => atMs <= untilMs).slice(-count);
    if (found.length < count && this.#records.length < all) return undefined;
    return found.map(
      ({ atMs, octets, layout }) =>
        new SampleWhenAsked(new ByteReader(Buffer.from(octets, "latin1")), device, atMs, layout, terms),
    );
  }
}

/**
 * A sample whose components are read when somebody looks at them. A class, no object with getters of its own: V8 gives
 * each of those a shape of its own, which holds on to it until the next full collection.
 */
class SampleWhenAsked implements RecentSample {
  readonly device: string;
  readonly atMs: number;
  readonly monotonicMs: number;
  readonly pollerEpoch: string;
  readonly durationMs: number;
  readonly outcome: DeviceSample["outcome"];
  readonly error?: NonNullable<DeviceSample["error"]>;
  readonly incarnation: DeviceSample["incarnation"];
  readonly reachability?: NonNullable<DeviceSample["reachability"]>;
  readonly incomplete: DeviceSample["incomplete"];
  readonly #layout: SampleLayout;
  readonly #terms: Terms;
  readonly #reader: ByteReader;
  #components: readonly Component[] | undefined;

  constructor(reader: ByteReader, device: string, atMs: number, layout: SampleLayout, terms: Terms) {
    const frame = readFrame(reader, device, atMs, layout, terms);
    this.device = device;
    this.atMs = atMs;
    this.monotonicMs = frame.monotonicMs;
    this.pollerEpoch = frame.pollerEpoch;
    this.durationMs = frame.durationMs;
    this.outcome = frame.outcome;
    if (frame.error) this.error = frame.error;
    this.incarnation = frame.incarnation;
    if (frame.reachability) this.reachability = frame.reachability;
    this.incomplete = frame.incomplete;
    this.#layout = layout;
    this.#terms = terms;
    this.#reader = reader;
  }

  get system(): DeviceSample["system"] & object {
    return this.#layout.system as DeviceSample["system"] & object;
  }

  get absent(): DeviceSample["absent"] {
    return this.#layout.absent;
  }

  get described(): readonly Pick<Component, "class" | "key" | "attributes">[] {
    return this.#layout.components;
  }

  get components(): readonly Component[] {
    this.#components ??= readComponents(this.#reader, this.#layout, this.#terms);
    return this.#components;
  }
}
