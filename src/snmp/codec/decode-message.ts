import type { VarBind } from "../types.ts";
import { BerCursor } from "./ber-cursor.ts";
import { DecodeError } from "./decode-error.ts";
import { decodeValue, ValueSlot } from "./decode-value.ts";
import { decodeVarBinds } from "./decode-var-binds.ts";
import type { Message, Pdu, ScopedPdu, UsmParameters, V3Message } from "./pdu.ts";
import { PDU_TYPES, TAG } from "./tags.ts";

/** A message, or why the octets are none. */
export type DecodeResult<T> =
  | { ok: true; value: T; repairedValues: number }
  | { ok: false; error: DecodeError };

/**
 * Decodes a datagram of any SNMP version; never throws. The scoped PDU of v3 stays closed: authenticate and decrypt
 * first (`usm/`), then `decodeScopedPdu`. Octet values are views of `datagram`.
 */
export function decodeMessage(datagram: Uint8Array): DecodeResult<Message> {
  return attempt(datagram, readMessage);
}

/** Decodes an opened scoped PDU. Ciphers that pad leave octets behind it, which are ignored. */
export function decodeScopedPdu(octets: Uint8Array): DecodeResult<ScopedPdu> {
  return attempt(octets, readScopedPdu);
}

function attempt<T>(octets: Uint8Array, read: (cursor: BerCursor, slot: ValueSlot) => T): DecodeResult<T> {
  const slot = new ValueSlot();
  try {
    return { ok: true, value: read(new BerCursor(octets), slot), repairedValues: slot.repaired };
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, error };
    throw error;
  }
}

function readMessage(cursor: BerCursor, slot: ValueSlot): Message {
  const end = cursor.expect(TAG.sequence, cursor.octets.length, "message");
  if (end !== cursor.octets.length) cursor.fail("trailing-octets", "octets after the message");
  const version = cursor.integer(end, "version");
  if (version === 3) return readV3(cursor, end);
  if (version !== 0 && version !== 1) cursor.fail("bad-version", `version ${version}`);
  cursor.expect(TAG.octetString, end, "community");
  const community = cursor.contents();
  const pdu = readPdu(cursor, end, slot);
  cursor.finish(end, "the PDU");
  return { version: version === 0 ? "1" : "2c", community, pdu };
}

function readV3(cursor: BerCursor, end: number): V3Message {
  const headerEnd = cursor.expect(TAG.sequence, end, "msgGlobalData");
  const msgId = cursor.integer(headerEnd, "msgID");
  const maxSize = cursor.integer(headerEnd, "msgMaxSize");
  cursor.expect(TAG.octetString, headerEnd, "msgFlags");
  const flagOctets = cursor.contents();
  if (flagOctets.length !== 1) cursor.fail("bad-length", "msgFlags of a wrong length");
  const flags = flagOctets[0]!;
  const securityModel = cursor.integer(headerEnd, "msgSecurityModel");
  cursor.finish(headerEnd, "msgGlobalData");
  const parametersEnd = cursor.expect(TAG.octetString, end, "msgSecurityParameters");
  const { security, authOffset } = readUsmParameters(cursor, parametersEnd);
  const encrypted = (flags & 2) !== 0;
  const start = cursor.position;
  cursor.expect(encrypted ? TAG.octetString : TAG.sequence, end, "msgData");
  const scopedPdu = cursor.octets.subarray(encrypted ? cursor.position : start, cursor.end);
  cursor.position = cursor.end;
  cursor.finish(end, "msgData");
  return {
    version: "3",
    msgId,
    maxSize,
    flags: { authenticated: (flags & 1) !== 0, encrypted, reportable: (flags & 4) !== 0 },
    securityModel,
    security,
    authOffset,
    scopedPdu,
  };
}

function readUsmParameters(
  cursor: BerCursor,
  limit: number,
): { security: UsmParameters; authOffset: number } {
  const end = cursor.expect(TAG.sequence, limit, "UsmSecurityParameters");
  const field = (what: string): Uint8Array => {
    cursor.expect(TAG.octetString, end, what);
    return cursor.contents();
  };
  const engineId = field("msgAuthoritativeEngineID");
  const boots = cursor.integer(end, "msgAuthoritativeEngineBoots");
  const timeSeconds = cursor.integer(end, "msgAuthoritativeEngineTime");
  const user = field("msgUserName");
  const authParameters = field("msgAuthenticationParameters");
  const authOffset = cursor.position - authParameters.length;
  const privParameters = field("msgPrivacyParameters");
  cursor.finish(end, "UsmSecurityParameters");
  cursor.finish(limit, "msgSecurityParameters");
  if (boots < 0 || timeSeconds < 0 || user.length > 32) {
    cursor.fail("bad-security-parameters", "boots, time or user out of range");
  }
  return { security: { engineId, boots, timeSeconds, user, authParameters, privParameters }, authOffset };
}

function readScopedPdu(cursor: BerCursor, slot: ValueSlot): ScopedPdu {
  const end = cursor.expect(TAG.sequence, cursor.octets.length, "scoped PDU");
  cursor.expect(TAG.octetString, end, "contextEngineID");
  const contextEngineId = cursor.contents();
  cursor.expect(TAG.octetString, end, "contextName");
  const contextName = cursor.contents();
  const pdu = readPdu(cursor, end, slot);
  cursor.finish(end, "the PDU");
  return { contextEngineId, contextName, pdu };
}

function readPdu(cursor: BerCursor, limit: number, slot: ValueSlot): Pdu {
  const tag = cursor.open(limit);
  const type = PDU_TYPES[tag - 0xa0];
  if (type === undefined) cursor.fail("wrong-tag", `PDU has tag 0x${tag.toString(16)}`);
  const end = cursor.end;
  if (type === "trap-v1") return readTrapV1(cursor, end, slot);
  const requestId = cursor.integer(end, "request-id");
  const first = cursor.integer(end, "error-status");
  const second = cursor.integer(end, "error-index");
  const varBinds = readVarBinds(cursor, end, slot);
  if (type === "get-bulk") return { type, requestId, nonRepeaters: first, maxRepetitions: second, varBinds };
  return { type, requestId, errorStatus: first, errorIndex: second, varBinds };
}

function readTrapV1(cursor: BerCursor, end: number, slot: ValueSlot): Pdu {
  const field = (tag: number, what: string): VarBind["value"] => {
    if (cursor.octets[cursor.position] !== tag) cursor.fail("wrong-tag", `${what} of a wrong type`);
    decodeValue(cursor, end, slot);
    return slot.value;
  };
  return {
    type: "trap-v1",
    enterprise: field(TAG.oid, "enterprise") as string,
    agentAddress: field(TAG.ipAddress, "agent-addr") as string,
    genericTrap: cursor.integer(end, "generic-trap"),
    specificTrap: cursor.integer(end, "specific-trap"),
    timeTicks: field(TAG.timeTicks, "time-stamp") as number,
    varBinds: readVarBinds(cursor, end, slot),
  };
}

/** Reads the variable list, which must end where the PDU ends. */
function readVarBinds(cursor: BerCursor, pduEnd: number, slot: ValueSlot): VarBind[] {
  const listEnd = cursor.expect(TAG.sequence, pduEnd, "variable list");
  if (listEnd !== pduEnd) cursor.fail("trailing-octets", "octets after the variable list");
  return decodeVarBinds(cursor, listEnd, slot);
}
