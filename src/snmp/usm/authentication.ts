import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import type { AuthProtocol } from "../types.ts";
import { AUTH_SPECS } from "./protocols.ts";

/** A localised authentication key. */
export interface AuthKey {
  hash: string;
  key: KeyObject;
  macOctets: number;
}

export function authKey(protocol: AuthProtocol, localised: Buffer): AuthKey {
  const { hash, macOctets } = AUTH_SPECS[protocol];
  return { hash, key: createSecretKey(localised), macOctets };
}

/** The MAC of a message whose authentication parameters are zero: HMAC, cut to the protocol's length. */
export function computeMac(auth: AuthKey, message: Uint8Array): Buffer {
  return createHmac(auth.hash, auth.key).update(message).digest().subarray(0, auth.macOctets);
}

/**
 * Whether the MAC at `offset` is right. The length is checked first, so that a digest of one octet proves nothing
 * (CVE-2008-0960). The MAC in `message` is zeroed by this.
 */
export function verifyMac(auth: AuthKey, message: Uint8Array, offset: number, mac: Uint8Array): boolean {
  if (mac.length !== auth.macOctets) return false;
  const claimed = Buffer.from(mac);
  message.fill(0, offset, offset + auth.macOctets);
  return timingSafeEqual(claimed, computeMac(auth, message));
}
