import { ResponseSize } from "../response-size.ts";
import type { EngineClock } from "../usm/engine-clock.ts";
import type { PreparedTable } from "./prepared-table.ts";
import type { Question } from "./question.ts";
import { RoundTrip } from "./round-trip.ts";

/** One agent (address and port): what was learned of it, and whose turn it is. Shared by all sessions to it. */
export class Peer {
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
  readonly roundTrip = new RoundTrip();
  readonly size = new ResponseSize();
  /** Rows that a table had the last time: the next reading asks for just that many and one more. */
  readonly tableRows = new Map<PreparedTable, number>();
  /** Its SNMP engine (v3), once discovered or pinned. */
  engine: { id: Buffer; clock: EngineClock } | undefined;
  /** A request is under way: one at a time, agents are small machines. */
  busy = false;
  readonly queue: Question[] = [];
  /** Its last request was answered. */
  answering = false;
  sessions = 0;

  constructor(address: string, port: number, family: 4 | 6) {
    this.address = address;
    this.port = port;
    this.family = family;
  }
}
