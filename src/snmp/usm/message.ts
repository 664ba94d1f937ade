import { BerWriter } from "../codec/ber-writer.ts";
import type { V3Message } from "../codec/pdu.ts";
import { TAG } from "../codec/tags.ts";
import { computeMac, verifyMac } from "./authentication.ts";
import type { UserKeys } from "./keys.ts";
import { decrypt, encrypt } from "./privacy.ts";

/** Largest message we take: what fits a UDP datagram. */
const MAX_SIZE = 65_507;
const USM = 3;
const NO_OCTETS = new Uint8Array(0);
const writer = new BerWriter(4096);

/** What goes into a v3 message; the keys decide the security level. */
export interface V3Frame {
  msgId: number;
  reportable: boolean;
  engineId: Uint8Array;
  boots: number;
  timeSeconds: number;
  user: Uint8Array;
  keys: UserKeys;
  scopedPdu: Uint8Array;
}

/** Encrypts, frames and signs a message, as far as the keys go (RFC 3414 3.1). */
export function sealMessage(frame: V3Frame): Buffer {
  const { auth, priv } = frame.keys;
  const { boots, timeSeconds } = frame;
  const privacy = priv && encrypt(priv, boots, timeSeconds, frame.scopedPdu);
  writer.reset();
  if (privacy) writer.element(TAG.octetString, privacy.encrypted);
  else writer.raw(frame.scopedPdu);
  const securityMark = writer.mark();
  writer.element(TAG.octetString, privacy ? privacy.salt : NO_OCTETS);
  const behindMac = writer.mark();
  writer.element(TAG.octetString, auth ? new Uint8Array(auth.macOctets) : NO_OCTETS);
  writer.element(TAG.octetString, frame.user);
  writer.integer(timeSeconds);
  writer.integer(boots);
  writer.element(TAG.octetString, frame.engineId);
  writer.close(TAG.sequence, securityMark);
  writer.close(TAG.octetString, securityMark);
  const globalMark = writer.mark();
  writer.integer(USM);
  writer.element(
    TAG.octetString,
    Uint8Array.of((auth ? 1 : 0) | (priv ? 2 : 0) | (frame.reportable ? 4 : 0)),
  );
  writer.integer(MAX_SIZE);
  writer.integer(frame.msgId);
  writer.close(TAG.sequence, globalMark);
  writer.integer(3);
  writer.close(TAG.sequence, 0);
  const message = writer.take();
  if (auth) message.set(computeMac(auth, message), message.length - behindMac - auth.macOctets);
  return message;
}

/** Whether a message carries the right MAC under these keys. Zeroes the MAC within `datagram`. */
export function isAuthentic(datagram: Uint8Array, message: V3Message, keys: UserKeys): boolean {
  const { auth } = keys;
  return auth !== undefined && verifyMac(auth, datagram, message.authOffset, message.security.authParameters);
}

/** The encoding of the scoped PDU of an authenticated message; undefined when it cannot be decrypted. */
export function openScopedPdu(message: V3Message, keys: UserKeys): Uint8Array | undefined {
  if (!message.flags.encrypted) return message.scopedPdu;
  const { boots, timeSeconds, privParameters } = message.security;
  return keys.priv && decrypt(keys.priv, boots, timeSeconds, privParameters, message.scopedPdu);
}
