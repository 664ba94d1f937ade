import { BerCursor } from "../codec/ber-cursor.ts";
import { DecodeError } from "../codec/decode-error.ts";
import { decodeScopedPdu } from "../codec/decode-message.ts";
import { PDU_TAG, TAG } from "../codec/tags.ts";
import type { SnmpErrorCode } from "../types.ts";
import { type UsmStat, usmStatOf } from "./stats.ts";

/** What an agent that counts so holds against our messages. "USER" stands for the user's name. */
export const REFUSALS: Partial<Record<UsmStat, { code: SnmpErrorCode; detail: string }>> = {
  unsupportedSecLevels: {
    code: "unsupported-security-level",
    detail: "it does not allow this security level to the user",
  },
  unknownUserNames: { code: "unknown-user", detail: 'it does not know the user "USER"' },
  wrongDigests: { code: "authentication", detail: "it refused the authentication of the user" },
  decryptionErrors: { code: "decryption", detail: "it could not decrypt the request" },
};

/** The USM counter that a Report carries; undefined when it is no Report or another counter. */
export function reportedStat(scopedPdu: Uint8Array): UsmStat | undefined {
  if (!isReport(scopedPdu)) return undefined;
  const result = decodeScopedPdu(scopedPdu);
  if (!result.ok || result.value.pdu.type !== "report") return undefined;
  return usmStatOf(result.value.pdu.varBinds[0]?.oid ?? "");
}

/** Whether the tag of the PDU says so; the variables of an answer are not looked at. Never throws. */
function isReport(scopedPdu: Uint8Array): boolean {
  const cursor = new BerCursor(scopedPdu);
  try {
    const end = cursor.expect(TAG.sequence, scopedPdu.length, "scoped PDU");
    cursor.position = cursor.expect(TAG.octetString, end, "contextEngineID");
    cursor.position = cursor.expect(TAG.octetString, end, "contextName");
    return cursor.open(end) === PDU_TAG.report;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}
