/** How much one sender, and all together, may send. Pure: time is given. */

export interface RateLimitOptions {
  /** Messages a second in the long run, per sender (default 20). */
  perSecond?: number;
  /** Messages at once (default 60): a switch whose card goes out tells it of every port. */
  burst?: number;
  /** All senders together, a second (default 2000); at once, twice that. */
  allPerSecond?: number;
  /** Senders that are remembered (default 8192); the one that was silent longest is forgotten. */
  senders?: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Token buckets, one per sender, in a map that cannot grow without end. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #allPerSecond: number;
  readonly #most: number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #all: Bucket;

  constructor(options: RateLimitOptions = {}, nowMs = 0) {
    this.#perSecond = options.perSecond ?? 20;
    this.#burst = options.burst ?? 60;
    this.#allPerSecond = options.allPerSecond ?? 2000;
    this.#most = options.senders ?? 8192;
    this.#all = { tokens: this.#allPerSecond * 2, atMs: nowMs };
  }

  /** Whether a message of this sender may be looked at. `nowMs` is monotonic. */
  allows(sender: string, nowMs: number): boolean {
    let bucket = this.#buckets.get(sender);
    if (bucket) this.#buckets.delete(sender);
    else {
      bucket = { tokens: this.#burst, atMs: nowMs };
      if (this.#buckets.size >= this.#most) this.#buckets.delete(this.#buckets.keys().next().value!);
    }
    this.#buckets.set(sender, bucket);
    // The sender's own limit first, so that one that sends too much takes nothing from the others.
    return (
      take(bucket, this.#perSecond, this.#burst, nowMs) &&
      take(this.#all, this.#allPerSecond, this.#allPerSecond * 2, nowMs)
    );
  }
}

function take(bucket: Bucket, perSecond: number, most: number, nowMs: number): boolean {
  const gained = (Math.max(0, nowMs - bucket.atMs) / 1000) * perSecond;
  bucket.tokens = Math.min(most, bucket.tokens + gained);
  bucket.atMs = nowMs;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}
