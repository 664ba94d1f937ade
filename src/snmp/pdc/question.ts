import type { BerCursor } from "../codec/ber-cursor.ts";
import type { SnmpRequestError } from "../error.ts";
import type { Patience } from "../patience.ts";
import type { SnmpTarget } from "../types.ts";
import type { Peer } from "./peer.ts";
import type { Security } from "./security.ts";
import { WheelEntry } from "./timer-wheel.ts";

/** A response whose frame was accepted; its variables are still octets. Valid only during the call. */
export interface Answer {
  errorStatus: number;
  errorIndex: number;
  /** At the first variable. */
  cursor: BerCursor;
  /** Where the variable list ends. */
  listEnd: number;
  /** Size of the datagram, octets. */
  octets: number;
  /** When it came, on the monotonic clock. */
  nowMs: number;
}

/** Who asked. */
export interface QuestionListener {
  /**
   * Takes the answer; throws DecodeError when the variables are none. Returns true to ask again with what the
   * question holds then.
   */
  answered(answer: Answer): boolean;
  failed(error: SnmpRequestError): void;
  /** No answer to a request of a size that this agent never answered: ask for less. */
  shrink?(): void;
}

/** A device and how one session talks to it. */
export interface Channel {
  readonly peer: Peer;
  readonly security: Security;
  readonly target: SnmpTarget;
  readonly patience: Patience;
}

/** Times out `question`; the transport. */
export interface Expiry {
  expired(question: Question, nowMs: number): void;
}

const NO_VARIABLES = new Uint8Array(0);

/**
 * One request on its way: sent, repeated with a new id each time, answered once. A walk uses one for all of its
 * requests.
 */
export class Question extends WheelEntry {
  readonly channel: Channel;
  readonly listener: QuestionListener;
  private readonly expiry: Expiry;

  /** PDU tag, and the two numbers after the request-id (0 0, or non-repeaters and max-repetitions). */
  pduTag = 0;
  first = 0;
  second = 0;
  /** The encoded variables, without the SEQUENCE around them. */
  variables: Uint8Array = NO_VARIABLES;
  /** `variables` is asked of other devices too, so that its encoding is worth keeping. */
  prepared = false;
  /** How many variables the answer may hold. */
  asked = 1;

  /** Number of the running attempt, from 0. */
  attempt = -1;
  readonly ids: number[] = [];
  readonly sentAtMs: number[] = [];
  attemptEndsMs = 0;
  deadlineMs = 0;
  /** Counts against the in-flight window. */
  holding = false;
  /** The kernel would not take the datagram: it is sent again at `dueMs`, as the same attempt. */
  unsent = false;
  /** The largest size that met silence during this question. */
  silentAt: number | undefined;
  /** What an unauthenticated report or a broken answer said; told instead of "timeout" when nothing better comes. */
  hint: SnmpRequestError | undefined;
  /** Exchanges that USM needed for itself (discovery, time) during this question. */
  securityRounds = 0;
  /** USM already began anew with this device during this question. */
  startedOver = false;
  /** Ids of attempts that asked for the engine ID only. */
  readonly discoveryIds: number[] = [];
  /** The agent refused the credential (as far as an unauthenticated report can tell): repeating is useless. */
  refused = false;
  settled = true;

  constructor(channel: Channel, listener: QuestionListener, expiry: Expiry) {
    super();
    this.channel = channel;
    this.listener = listener;
    this.expiry = expiry;
  }

  /** Forgets the last answer: a new request begins. */
  begin(): void {
    this.attempt = -1;
    this.unsent = false;
    this.silentAt = undefined;
    this.hint = undefined;
    this.securityRounds = 0;
    this.startedOver = false;
    this.discoveryIds.length = 0;
    this.refused = false;
    this.settled = false;
  }

  override expired(nowMs: number): void {
    this.expiry.expired(this, nowMs);
  }
}
