import type { Rate } from "../samples/types.ts";

/** Means per bucket of rates that hold over intervals. */
export class Buckets {
  readonly #fromMs: number;
  readonly #bucketMs: number;
  readonly #sums: Float64Array;
  readonly #seconds: Float64Array;
  #peak: number | undefined;

  constructor(fromMs: number, toMs: number, bucketMs: number) {
    this.#fromMs = fromMs;
    this.#bucketMs = bucketMs;
    const buckets = Math.max(1, Math.ceil((toMs - fromMs) / bucketMs));
    this.#sums = new Float64Array(buckets);
    this.#seconds = new Float64Array(buckets);
  }

  /** A rate of octets that held from one moment to another; gaps add nothing. */
  add(fromMs: number, toMs: number, rate: Rate | undefined): void {
    if (!rate || !("perSecond" in rate)) return;
    const bitsPerSecond = rate.perSecond * 8;
    this.#peak = Math.max(this.#peak ?? 0, bitsPerSecond);
    const first = Math.max(0, Math.floor((fromMs - this.#fromMs) / this.#bucketMs));
    for (let bucket = first; bucket < this.#sums.length; bucket++) {
      const beginMs = this.#fromMs + bucket * this.#bucketMs;
      if (beginMs >= toMs) return;
      const seconds = (Math.min(toMs, beginMs + this.#bucketMs) - Math.max(fromMs, beginMs)) / 1000;
      if (seconds <= 0) continue;
      this.#sums[bucket]! += bitsPerSecond * seconds;
      this.#seconds[bucket]! += seconds;
    }
  }

  /** The highest rate added, bits per second. */
  get peak(): number | undefined {
    return this.#peak;
  }

  /** Means of what was added; NaN where nothing was. */
  means(): Float32Array {
    return Float32Array.from(this.#sums, (sum, bucket) => {
      const seconds = this.#seconds[bucket]!;
      return seconds > 0 ? sum / seconds : Number.NaN;
    });
  }
}
