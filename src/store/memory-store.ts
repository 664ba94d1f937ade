/** A store in memory: what the contract means in the fewest words, for tests and for polls that keep nothing. */
import type { DeviceSample } from "../samples/types.ts";
import type { SampleQuery, SampleStore, StoreStatus } from "./types.ts";

export class MemorySampleStore implements SampleStore {
  readonly #samples = new Map<string, Map<number, DeviceSample>>();

  append(samples: readonly DeviceSample[]): void {
    for (const sample of samples) {
      const ofDevice = this.#samples.get(sample.device) ?? new Map<number, DeviceSample>();
      this.#samples.set(sample.device, ofDevice.set(sample.atMs, sample));
    }
  }

  last(
    count: number,
    query: { devices?: readonly string[]; untilMs?: number } = {},
  ): Map<string, DeviceSample[]> {
    const untilMs = query.untilMs ?? Date.now();
    const latest = new Map<string, DeviceSample[]>();
    for (const device of this.#devices(query.devices)) {
      const samples = this.#of(device).filter(({ atMs }) => atMs <= untilMs);
      if (samples.length > 0 && count > 0) latest.set(device, samples.slice(-count));
    }
    return latest;
  }

  *range(query: SampleQuery): Generator<DeviceSample> {
    for (const device of this.#devices(query.devices)) {
      for (const sample of this.#of(device)) {
        if (sample.atMs >= query.fromMs && sample.atMs < query.toMs) yield sample;
      }
    }
  }

  status(): StoreStatus {
    const times = [...this.#samples.values()]
      .flatMap((ofDevice) => [...ofDevice.keys()])
      .sort((a, b) => a - b);
    const [oldestMs, newestMs] = [times[0], times.at(-1)];
    return {
      path: ":memory:",
      sizeOctets: 0,
      devices: this.#samples.size,
      samples: times.length,
      ...(oldestMs !== undefined && newestMs !== undefined && { oldestMs, newestMs }),
      damagedRecords: 0,
    };
  }

  close(): void {
    this.#samples.clear();
  }

  #devices(names: readonly string[] | undefined): string[] {
    return names ? [...new Set(names)] : [...this.#samples.keys()].sort();
  }

  #of(device: string): DeviceSample[] {
    return [...(this.#samples.get(device)?.values() ?? [])].sort((a, b) => a.atMs - b.atMs);
  }
}
