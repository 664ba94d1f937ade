/** Traps, informs and syslog in; hints out. Joins sockets, limits and readers. */
import type { EngineIdentity } from "./engine-identity.ts";
import { type Endpoint, type Listener, listenTcp, listenUdp, type TcpLimits } from "./listen.ts";
import { RateLimit, type RateLimitOptions } from "./rate-limit.ts";
import type { SenderBook } from "./senders.ts";
import { SyslogFrames } from "./syslog-frames.ts";
import { hintOfSyslog, parseSyslog } from "./syslog-message.ts";
import { TrapReader, type TrapVerdict } from "./trap-reader.ts";
import { type Hint, newCounters, type ReceiveCounters, type Sender } from "./types.ts";

export interface ReceiverOptions {
  senders: SenderBook;
  onHint(hint: Hint): void;
  /** Where SNMP notifications are listened for, and who we are to informs of v3. */
  traps?: { endpoint: Endpoint; identity: EngineIdentity } | undefined;
  /** Where syslog is listened for: over UDP and over TCP. */
  syslog?: Endpoint | undefined;
  rateLimit?: RateLimitOptions;
  tcp?: TcpLimits;
  /** Monotonic. */
  nowMs?: () => number;
}

export class Receiver {
  readonly counters: ReceiveCounters = newCounters();
  readonly #onHint: (hint: Hint) => void;
  readonly #nowMs: () => number;
  readonly #limit: RateLimit;
  readonly #listeners: Listener[] = [];
  #senders: SenderBook;
  #reader: TrapReader | undefined;
  trapEndpoint: Endpoint | undefined;
  syslogEndpoint: Endpoint | undefined;

  private constructor(options: ReceiverOptions) {
    this.#senders = options.senders;
    this.#onHint = options.onHint;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#limit = new RateLimit(options.rateLimit, this.#nowMs());
  }

  /** @throws ListenError when the system refuses a socket; then none is left open. */
  static async open(options: ReceiverOptions): Promise<Receiver> {
    const receiver = new Receiver(options);
    try {
      if (options.traps) await receiver.#openTraps(options.traps);
      if (options.syslog) await receiver.#openSyslog(options.syslog, options.tcp);
      return receiver;
    } catch (error) {
      await receiver.close();
      throw error;
    }
  }

  /** After the inventory was read again. */
  replaceSenders(senders: SenderBook): void {
    this.#senders = senders;
    if (this.#reader) this.#reader.senders = senders;
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()));
  }

  async #openTraps({ endpoint, identity }: NonNullable<ReceiverOptions["traps"]>): Promise<void> {
    const reader = new TrapReader(this.#senders, identity, this.#nowMs);
    this.#reader = reader;
    const listener = await listenUdp("SNMP traps", endpoint, (octets, from, answer) => {
      const senders = this.#admit(from);
      if (senders) this.#trap(reader, octets, senders, answer);
    });
    this.#listeners.push(listener);
    this.trapEndpoint = listener.endpoint;
  }

  async #openSyslog(endpoint: Endpoint, tcp: TcpLimits | undefined): Promise<void> {
    const take = (octets: Uint8Array, from: string) => {
      const senders = this.#admit(from);
      if (senders) this.#syslog(octets, senders);
    };
    const udp = await listenUdp("syslog", endpoint, take);
    this.#listeners.push(udp);
    this.syslogEndpoint = udp.endpoint;
    const open = (close: () => void) => {
      const frames = new SyslogFrames();
      return {
        data: (octets: Buffer, from: string) => {
          const { messages, broken } = frames.push(octets);
          for (const message of messages) take(message, from);
          if (!broken) return;
          this.counters.malformed += 1;
          close();
        },
      };
    };
    const refused = () => {
      this.counters.refusedConnections += 1;
    };
    this.#listeners.push(await listenTcp("syslog", udp.endpoint, open, refused, tcp));
  }

  /** The devices behind an address; undefined (and counted) for strangers and for those that send too much. */
  #admit(from: string): readonly Sender[] | undefined {
    const senders = this.#senders.at(from);
    if (senders.length === 0) {
      this.counters.unknownSenders += 1;
      return undefined;
    }
    if (this.#limit.allows(from, this.#nowMs())) return senders;
    this.counters.rateLimited += 1;
    return undefined;
  }

  #trap(
    reader: TrapReader,
    octets: Buffer,
    senders: readonly Sender[],
    answer: (octets: Uint8Array) => void,
  ): void {
    const verdict = this.#judge(reader, octets, senders);
    if (verdict.kind === "drop") {
      this.counters[verdict.counted] += 1;
      return;
    }
    if (verdict.answer) answer(verdict.answer);
    if (verdict.kind === "answer") return;
    const { by, notification } = verdict;
    this.counters[by === "trap" ? "traps" : "informs"] += 1;
    const { name, oid, ifIndex } = notification;
    this.#tell(senders, { by, name, detail: oid, ...(ifIndex !== undefined && { ifIndex }) });
  }

  /** Octets of strangers must not end the poller, whatever a reader makes of them. */
  #judge(reader: TrapReader, octets: Buffer, senders: readonly Sender[]): TrapVerdict {
    try {
      return reader.read(octets, senders);
    } catch {
      return { kind: "drop", counted: "malformed" };
    }
  }

  #syslog(octets: Uint8Array, senders: readonly Sender[]): void {
    const message = parseSyslog(octets);
    if (!message) {
      this.counters.malformed += 1;
      return;
    }
    this.counters.syslog += 1;
    const name = hintOfSyslog(message);
    if (name !== undefined) this.#tell(senders, { by: "syslog", name, detail: message.tag });
  }

  #tell(senders: readonly Sender[], hint: Omit<Hint, "device">): void {
    this.counters.hints += 1;
    for (const { device } of senders) this.#onHint({ device, ...hint });
  }
}
