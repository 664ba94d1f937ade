import { randomFillSync } from "node:crypto";

/** Smallest id whose INTEGER takes four octets; all ids do, so that they can be patched into encoded requests. */
const LEAST = 0x00800000;

/**
 * Unpredictable ids for request-id and msgID (31 bits, RFC 3412 section 6.2), so that nobody off the path can
 * answer in a device's stead. Random octets are drawn in batches.
 */
export class RequestIds {
  private readonly pool = new Int32Array(1024);
  private position = this.pool.length;

  next(): number {
    for (;;) {
      if (this.position === this.pool.length) {
        randomFillSync(this.pool);
        this.position = 0;
      }
      const id = this.pool[this.position]! & 0x7fffffff;
      this.position += 1;
      if (id >= LEAST) return id;
    }
  }
}
