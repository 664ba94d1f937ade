import { statusError } from "../bounds.ts";
import { isOid } from "../codec/oid.ts";
import { SnmpRequestError } from "../error.ts";
import { type Exchange, get, type Reply } from "../get.ts";
import type {
  SnmpSession,
  SnmpTarget,
  TableOptions,
  TableResult,
  VarBind,
  WalkLimits,
  WalkResult,
} from "../types.ts";
import { readTable } from "./read-table.ts";
import { readWalk } from "./read-walk.ts";

/** A session over a foreign driver that can do one thing: send a PDU and give its response. */
export class ExchangeSession implements SnmpSession {
  readonly target: SnmpTarget;
  private readonly exchange: Exchange;
  private readonly closing: () => void;
  private closed = false;
  private smoothedMs: number | undefined;
  /** One request at a time, as the seam has it. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(target: SnmpTarget, exchange: Exchange, closing: () => void) {
    this.target = target;
    this.exchange = { ...exchange, ask: (...request) => this.inTurn(() => exchange.ask(...request)) };
    this.closing = closing;
  }

  async get(oids: readonly string[]): Promise<VarBind[]> {
    this.check(oids);
    return oids.length === 0 ? [] : get(this.exchange, "get", oids);
  }

  async getNext(oids: readonly string[]): Promise<VarBind[]> {
    this.check(oids);
    return oids.length === 0 ? [] : get(this.exchange, "get-next", oids);
  }

  async getBulk(
    oids: readonly string[],
    options: { nonRepeaters?: number; maxRepetitions: number },
  ): Promise<VarBind[]> {
    this.check(oids);
    const { address } = this.exchange;
    if (this.target.credential.version === "1") {
      throw new SnmpRequestError("unsupported", address, "SNMPv1 has no GETBULK", {
        fix: "use version 2c or 3",
      });
    }
    const { nonRepeaters = 0, maxRepetitions } = options;
    const reply = await this.exchange.ask("get-bulk", oids, { nonRepeaters, maxRepetitions });
    if (reply.errorStatus !== 0) throw statusError(address, reply.errorStatus, reply.errorIndex);
    return reply.varBinds;
  }

  async walk(
    root: string,
    onVarBinds: (varBinds: readonly VarBind[]) => void,
    limits?: WalkLimits,
  ): Promise<WalkResult> {
    this.check([root]);
    return readWalk(this.exchange, this.target, root, onVarBinds, limits);
  }

  async table(columns: readonly string[], options?: TableOptions): Promise<TableResult> {
    this.check(columns);
    if (columns.length === 0)
      throw new SnmpRequestError("unsupported", this.exchange.address, "a table without columns");
    return readTable(this.exchange, this.target, columns, options);
  }

  engine(): undefined {
    return undefined;
  }

  roundTripTimeMs(): number | undefined {
    return this.smoothedMs;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.closing();
  }

  private check(oids: readonly string[]): void {
    const wrong = oids.find((oid) => !isOid(oid));
    if (wrong === undefined) return;
    const fix = "give OIDs as dotted numbers";
    throw new SnmpRequestError(
      "unsupported",
      this.exchange.address,
      `"${wrong}" is not an object identifier`,
      { fix },
    );
  }

  private async inTurn(ask: () => Promise<Reply>): Promise<Reply> {
    const turn = this.last.then(async () => {
      if (this.closed) throw new SnmpRequestError("closed", this.exchange.address, "the session is closed");
      const sentAt = performance.now();
      const reply = await ask();
      const elapsed = performance.now() - sentAt;
      // A repeated request shows as a long one: it says nothing of the round trip.
      if (elapsed < (this.target.timeoutMs ?? 2000)) {
        this.smoothedMs =
          this.smoothedMs === undefined ? elapsed : this.smoothedMs + (elapsed - this.smoothedMs) / 8;
      }
      return reply;
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
