import { statusError } from "../bounds.ts";
import { SnmpRequestError } from "../error.ts";
import { type Exchange, get } from "../get.ts";
import { patienceOf } from "../patience.ts";
import { toTable } from "../read-columns.ts";
import type {
  ColumnsResult,
  SnmpSession,
  SnmpTarget,
  TableOptions,
  TableResult,
  VarBind,
  WalkLimits,
  WalkResult,
} from "../types.ts";
import { exchangeOf } from "./pdu-exchange.ts";
import type { Peer } from "./peer.ts";
import type { Channel } from "./question.ts";
import type { Security } from "./security.ts";
import { TableReader } from "./table-reader.ts";
import type { Transport } from "./transport.ts";
import { WalkReader } from "./walk-reader.ts";

/** A session of the `pdc` driver: a device and how it is talked to; the sockets are the driver's. */
export class PdcSession implements SnmpSession {
  readonly target: SnmpTarget;
  private readonly channel: Channel;
  private readonly transport: Transport;
  private readonly exchange: Exchange;
  private readonly released: () => void;
  private closed = false;

  constructor(
    target: SnmpTarget,
    peer: Peer,
    security: Security,
    transport: Transport,
    released: () => void,
  ) {
    this.target = target;
    this.channel = { peer, security, target, patience: patienceOf(target) };
    this.transport = transport;
    this.exchange = exchangeOf(this.channel, transport);
    this.released = released;
  }

  get(oids: readonly string[]): Promise<VarBind[]> {
    return this.attempt(async () => (oids.length === 0 ? [] : get(this.exchange, "get", oids)));
  }

  getNext(oids: readonly string[]): Promise<VarBind[]> {
    return this.attempt(async () => (oids.length === 0 ? [] : get(this.exchange, "get-next", oids)));
  }

  getBulk(
    oids: readonly string[],
    options: { nonRepeaters?: number; maxRepetitions: number },
  ): Promise<VarBind[]> {
    return this.attempt(async () => {
      const { address } = this.channel.peer;
      if (this.channel.security.version === 0) {
        throw new SnmpRequestError("unsupported", address, "SNMPv1 has no GETBULK", {
          fix: "use version 2c or 3",
        });
      }
      const { nonRepeaters = 0, maxRepetitions } = options;
      const reply = await this.exchange.ask("get-bulk", oids, {
        nonRepeaters,
        maxRepetitions,
      });
      if (reply.errorStatus !== 0) throw statusError(address, reply.errorStatus, reply.errorIndex);
      return reply.varBinds;
    });
  }

  walk(
    root: string,
    onVarBinds: (varBinds: readonly VarBind[]) => void,
    limits?: WalkLimits,
  ): Promise<WalkResult> {
    return this.attempt(
      () =>
        new Promise((resolve, reject) => {
          const settle = (error: unknown, result?: WalkResult): void =>
            result ? resolve(result) : reject(error);
          new WalkReader(this.channel, this.transport, root, onVarBinds, limits, settle);
        }),
    );
  }

  async table(columns: readonly string[], options?: TableOptions): Promise<TableResult> {
    return toTable(await this.columns(columns, options), columns);
  }

  columns(columns: readonly string[], options?: TableOptions): Promise<ColumnsResult> {
    return this.attempt(
      () =>
        new Promise((resolve, reject) => {
          if (columns.length === 0) throw new RangeError("a table without columns");
          const settle = (error: unknown, result?: ColumnsResult): void =>
            result ? resolve(result) : reject(error);
          new TableReader(this.channel, this.transport, columns, options, settle);
        }),
    );
  }

  engine(): { engineId: string; boots: number; timeSeconds: number } | undefined {
    const { engine } = this.channel.peer;
    if (engine === undefined) return undefined;
    const { id, clock } = engine;
    return {
      engineId: id.toString("hex"),
      boots: clock.boots,
      timeSeconds: clock.seconds(performance.now()),
    };
  }

  roundTripTimeMs(): number | undefined {
    return this.channel.peer.roundTrip.smoothedMs;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.transport.abandon((question) => question.channel === this.channel);
    this.released();
  }

  /** Runs a request; a text that is no OID becomes an SnmpError like every other failure. */
  private async attempt<T>(run: () => Promise<T>): Promise<T> {
    const { address } = this.channel.peer;
    if (this.closed) throw new SnmpRequestError("closed", address, "the session is closed");
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new SnmpRequestError("unsupported", address, error.message, {
        fix: "give OIDs as dotted numbers",
      });
    }
  }
}
