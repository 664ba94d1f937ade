/** v1 and v2c messages (RFC 1901): community around the PDU. */

import type { BerWriter } from "../../snmp/codec/ber-writer.ts";
import { readElement, readInteger, readPdu } from "./request.ts";
import { writeResponse } from "./responder.ts";
import type { AgentTable } from "./table.ts";
import type { AgentState } from "./variation.ts";

/** What became of a datagram; `answered` means that the writer holds the response. */
export type Handled = "answered" | "malformed" | "wrong-credential" | "not-answered";

/** The state of one agent that messages are answered from. */
export interface Answering {
  table: AgentTable;
  state: AgentState;
  maxMessageOctets: number;
}

/** 0 for v1, 1 for v2c, 3 for v3; undefined when it is no SNMP message. */
export function messageVersion(datagram: Buffer): number | undefined {
  const message = readElement(datagram, 0, datagram.length);
  if (message?.tag !== 0x30 || message.end !== datagram.length) return undefined;
  const version = readElement(datagram, message.start, message.end);
  return version?.tag === 0x02 ? readInteger(datagram, version) : undefined;
}

/** Answers a v1 or v2c datagram whose version was looked at already. */
export function answerCommunityMessage(
  to: BerWriter,
  datagram: Buffer,
  community: Buffer,
  answering: Answering,
  nowMs: number,
): Handled {
  const message = readElement(datagram, 0, datagram.length)!;
  const version = readElement(datagram, message.start, message.end)!;
  const name = readElement(datagram, version.end, message.end);
  if (name?.tag !== 0x04) return "malformed";
  if (community.compare(datagram, name.start, name.end) !== 0) return "wrong-credential";
  const pdu = readPdu(datagram, name.end, message.end);
  if (pdu === undefined) return "malformed";
  to.reset();
  const asked = {
    pdu,
    isV1: datagram[version.end - 1] === 0,
    maxOctets: answering.maxMessageOctets - community.length - 11,
  };
  if (!writeResponse(to, answering.table, answering.state, asked, nowMs)) return "not-answered";
  const afterPdu = to.mark();
  to.raw(community);
  to.close(0x04, afterPdu);
  to.raw(datagram.subarray(message.start, version.end));
  to.close(0x30, 0);
  return "answered";
}
