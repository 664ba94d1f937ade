/** Syslog messages out of a TCP stream: octet counting or lines (RFC 6587 3.4), told apart per message. Pure. */

/** Longest message that is waited for. */
const MOST_OCTETS = 8192;
const LINE_FEED = 0x0a;
const NUL = 0;
const ZERO = 0x30;
const NINE = 0x39;

export class SyslogFrames {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * The messages that `chunk` completes. `broken`: the stream is not syslog (a message without end, a count that is
   * none), nothing after it can be understood, and the connection is to be closed.
   */
  push(chunk: Uint8Array): { messages: Buffer[]; broken: boolean } {
    let rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    const messages: Buffer[] = [];
    for (;;) {
      const frame = firstFrame(rest);
      if (frame === "broken") {
        this.#rest = Buffer.alloc(0);
        return { messages, broken: true };
      }
      if (frame === undefined) break;
      if (frame.to > frame.from) messages.push(rest.subarray(frame.from, frame.to));
      rest = rest.subarray(frame.next);
    }
    this.#rest = Buffer.from(rest);
    return { messages, broken: false };
  }
}

/** Where the first whole message lies; undefined when it is not all there yet. */
function firstFrame(octets: Buffer): { from: number; to: number; next: number } | "broken" | undefined {
  if (octets.length === 0) return undefined;
  const first = octets[0]!;
  if (first > ZERO && first <= NINE) {
    const space = octets.subarray(0, 6).indexOf(0x20);
    if (space === -1) return octets.length >= 6 ? "broken" : undefined;
    const digits = octets.toString("latin1", 0, space);
    const length = Number(digits);
    if (!/^\d+$/.test(digits) || length > MOST_OCTETS) return "broken";
    const to = space + 1 + length;
    return octets.length < to ? undefined : { from: space + 1, to, next: to };
  }
  const end = octets.findIndex((octet) => octet === LINE_FEED || octet === NUL);
  if (end !== -1 && end <= MOST_OCTETS) return { from: 0, to: end, next: end + 1 };
  return octets.length > MOST_OCTETS ? "broken" : undefined;
}
