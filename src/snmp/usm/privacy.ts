import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import type { PrivProtocol } from "../types.ts";
import { PRIV_SPECS } from "./protocols.ts";

const SALT_OCTETS = 8;
const DES_BLOCK_OCTETS = 8;

/** A localised privacy key. */
export interface PrivKey {
  cipher: string;
  /** A KeyObject: given octets, Node makes one anew for each message, which takes longer than the cipher. */
  key: KeyObject;
  /** DES only: the pre-IV, second half of the key (RFC 3414 8.1.1.1). */
  preIv: Buffer | undefined;
}

export function privKey(protocol: PrivProtocol, localised: Buffer): PrivKey {
  const { cipher, keyOctets } = PRIV_SPECS[protocol];
  const key = localised.subarray(0, keyOctets);
  if (protocol !== "des") return { cipher, key: createSecretKey(key), preIv: undefined };
  const des = key.subarray(0, 8);
  return { cipher, key: createSecretKey(Buffer.concat([des, des, des])), preIv: key.subarray(8, 16) };
}

/** Salts never repeat under one key: a counter that begins at a random number (RFC 3826 3.1.2.1). */
const saltCounter = new Uint32Array(new Uint8Array(randomBytes(SALT_OCTETS)).buffer);

/** Encrypts a scoped PDU; `salt` goes into msgPrivacyParameters. */
export function encrypt(
  priv: PrivKey,
  boots: number,
  timeSeconds: number,
  scopedPdu: Uint8Array,
): { encrypted: Buffer; salt: Buffer } {
  saltCounter[1]! += 1;
  if (saltCounter[1] === 0) saltCounter[0]! += 1;
  const salt = Buffer.allocUnsafe(SALT_OCTETS);
  salt.writeUInt32BE(priv.preIv ? boots : saltCounter[0]!, 0);
  salt.writeUInt32BE(saltCounter[1]!, 4);
  return { encrypted: encryptWith(priv, boots, timeSeconds, salt, scopedPdu), salt };
}

/** Encrypts under a given salt. */
export function encryptWith(
  priv: PrivKey,
  boots: number,
  timeSeconds: number,
  salt: Uint8Array,
  scopedPdu: Uint8Array,
): Buffer {
  const cipher = createCipheriv(priv.cipher, priv.key, vector(priv, boots, timeSeconds, salt));
  if (!priv.preIv) return cipher.update(scopedPdu);
  cipher.setAutoPadding(false);
  const padded = Buffer.alloc(Math.ceil(scopedPdu.length / DES_BLOCK_OCTETS) * DES_BLOCK_OCTETS);
  padded.set(scopedPdu);
  return cipher.update(padded);
}

/** Decrypts; undefined when parameters or length cannot be right. Wrong keys give octets that do not decode. */
export function decrypt(
  priv: PrivKey,
  boots: number,
  timeSeconds: number,
  salt: Uint8Array,
  encrypted: Uint8Array,
): Buffer | undefined {
  if (salt.length !== SALT_OCTETS) return undefined;
  if (priv.preIv && encrypted.length % DES_BLOCK_OCTETS !== 0) return undefined;
  const decipher = createDecipheriv(priv.cipher, priv.key, vector(priv, boots, timeSeconds, salt));
  if (priv.preIv) decipher.setAutoPadding(false);
  return decipher.update(encrypted);
}

/** AES: boots, time, salt (RFC 3826 3.1.2.1). DES: the pre-IV xor the salt (RFC 3414 8.1.1.1). */
function vector(priv: PrivKey, boots: number, timeSeconds: number, salt: Uint8Array): Buffer {
  if (priv.preIv) return Buffer.from(priv.preIv.map((octet, i) => octet ^ salt[i]!));
  const iv = Buffer.allocUnsafe(16);
  iv.writeUInt32BE(boots, 0);
  iv.writeUInt32BE(timeSeconds, 4);
  iv.set(salt, 8);
  return iv;
}
