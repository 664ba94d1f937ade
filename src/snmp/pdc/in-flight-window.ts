/** Kernel memory of one received frame of 1,500 octets (sk_buff, shared info and data), as the buffer counts it. */
const FRAME_COST_OCTETS = 2560;
/** Requests in flight before the size of the receive buffer is known. */
const FIRST_CAPACITY = 8;
/** More in flight gains nothing: it is 10,000 requests a second at a round trip of 100 ms. */
const MOST = 1024;
/** A request counts against the window for this long; answers later than that do not come in bursts. */
export const HOLD_MS = 100;

/**
 * Limits how many answers can arrive at once, so that a burst fits the socket's receive buffer (else the kernel
 * drops answers, and devices look dead). Silent devices leave the window after `HOLD_MS`: they delay nobody.
 */
export class InFlightWindow {
  private capacity = FIRST_CAPACITY;
  private held = 0;

  resize(receiveBufferOctets: number): void {
    this.capacity = Math.min(
      MOST,
      Math.max(FIRST_CAPACITY, Math.floor(receiveBufferOctets / FRAME_COST_OCTETS)),
    );
  }

  get open(): boolean {
    return this.held < this.capacity;
  }

  hold(): void {
    this.held += 1;
  }

  release(): void {
    this.held -= 1;
  }
}
