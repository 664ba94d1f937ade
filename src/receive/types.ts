/** What is received and what becomes of it. A hint says "look at this device now"; it never says what its state is. */
import type { SnmpCredential } from "../snmp/types.ts";

/**
 * What devices tell by themselves, as far as it has a name of its own (SNMPv2-MIB); `lastGasp`: its power is going;
 * `onBattery`: a UPS tells that the mains are gone; `other` is everything else.
 */
export type HintName =
  | "coldStart"
  | "warmStart"
  | "linkDown"
  | "linkUp"
  | "authenticationFailure"
  | "lastGasp"
  | "onBattery"
  | "other";

/** A reason to poll a device before its turn. */
export interface Hint {
  device: string;
  by: "trap" | "inform" | "syslog";
  name: HintName;
  /** The notification's OID, or the tag of a syslog line ("%LINK-3-UPDOWN"). Text from a device: hostile. */
  detail: string;
  /** Of linkDown and linkUp, when the notification carries it. */
  ifIndex?: number;
}

/** A device as one that may send us something. */
export interface Sender {
  device: string;
  /** Numeric addresses it may send from: its management address, those of its interfaces. */
  addresses: readonly string[];
  /** Its credential, when it is one of SNMP and could be read. */
  credential?: SnmpCredential;
}

/** What came in, counted: nothing is dropped silently. */
export interface ReceiveCounters {
  traps: number;
  informs: number;
  syslog: number;
  /** Messages that became a hint. */
  hints: number;
  /** From an address that is no device's. */
  unknownSenders: number;
  /** Beyond what one sender, or all together, may send. */
  rateLimited: number;
  /** Octets that are no message of the protocol. */
  malformed: number;
  /** A community, user, password or security level that is not the inventory's. */
  unauthenticated: number;
  /** v3 messages older than the time window. */
  notInTimeWindow: number;
  /** Well-formed, but nothing that belongs here: requests, responses, unknown security models. */
  unexpected: number;
  /** TCP connections refused because there were too many. */
  refusedConnections: number;
}

export function newCounters(): ReceiveCounters {
  return {
    traps: 0,
    informs: 0,
    syslog: 0,
    hints: 0,
    unknownSenders: 0,
    rateLimited: 0,
    malformed: 0,
    unauthenticated: 0,
    notInTimeWindow: 0,
    unexpected: 0,
    refusedConnections: 0,
  };
}
