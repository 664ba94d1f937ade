/** The newest samples of each device, read from the store when they are asked for, and not kept. */
import { neighborsIn } from "../../health/neighbors.ts";
import { ratesBetween } from "../../samples/rates.ts";
import type { DeviceSample, RatedSample } from "../../samples/types.ts";
import type { Store } from "../../store/types.ts";
import type { Neighbor } from "../../topology/types.ts";

/** Newest samples per device: two for rates, the others for losses, a restart, and since when. */
const SAMPLES = 4;

export class NewestSamples implements ReadonlyMap<string, readonly RatedSample[]> {
  readonly #store: Store;
  readonly #devices: ReadonlySet<string>;
  readonly #untilMs: number;

  constructor(store: Store, devices: Iterable<string>, untilMs: number) {
    this.#store = store;
    this.#devices = new Set(devices);
    this.#untilMs = untilMs;
  }

  /** How many devices may have samples. */
  get size(): number {
    return this.#devices.size;
  }

  /** @throws StoreError */
  get(device: string): readonly RatedSample[] | undefined {
    if (!this.#devices.has(device)) return undefined;
    const series = this.#store.recent(device, SAMPLES, this.#untilMs);
    if (series.length === 0) return undefined;
    return series.map((sample, at) => new RatedWhenAsked(series[at - 1], sample));
  }

  /** The LLDP adjacencies of the newest sample of each device, whose measurements are not read for that. */
  neighbors(): Neighbor[] {
    return [...this.#devices].flatMap((device) => {
      const newest = this.#store.recent(device, 1, this.#untilMs).at(-1);
      return newest ? neighborsIn(device, newest.described ?? newest.components) : [];
    });
  }

  has(device: string): boolean {
    return this.get(device) !== undefined;
  }

  *entries(): MapIterator<[string, readonly RatedSample[]]> {
    for (const device of this.#devices) {
      const series = this.get(device);
      if (series) yield [device, series];
    }
  }

  *keys(): MapIterator<string> {
    for (const [device] of this.entries()) yield device;
  }

  *values(): MapIterator<readonly RatedSample[]> {
    for (const [, series] of this.entries()) yield series;
  }

  forEach(tell: (series: readonly RatedSample[], device: string, map: this) => void): void {
    for (const [device, series] of this.entries()) tell(series, device, this);
  }

  [Symbol.iterator](): MapIterator<[string, readonly RatedSample[]]> {
    return this.entries();
  }
}

/** Health looks at the rates of the newest sample, and of older ones only where something is at fault. */
class RatedWhenAsked implements RatedSample {
  readonly sample: DeviceSample;
  readonly #previous: DeviceSample | undefined;
  #rated: RatedSample | undefined;

  constructor(previous: DeviceSample | undefined, sample: DeviceSample) {
    this.#previous = previous;
    this.sample = sample;
  }

  get intervalSeconds(): number {
    return this.#found().intervalSeconds as number;
  }

  get rates(): RatedSample["rates"] {
    return this.#found().rates;
  }

  #found(): RatedSample {
    this.#rated ??= ratesBetween(this.#previous, this.sample);
    return this.#rated;
  }
}
