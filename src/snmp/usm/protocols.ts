import type { AuthProtocol, PrivProtocol } from "../types.ts";

/** An authentication protocol: hash, and octets of its MAC on the wire (RFC 3414 6 and 7, RFC 7860 4.2). */
export interface AuthSpec {
  hash: string;
  macOctets: number;
}

export const AUTH_SPECS: Readonly<Record<AuthProtocol, AuthSpec>> = {
  md5: { hash: "md5", macOctets: 12 },
  sha1: { hash: "sha1", macOctets: 12 },
  sha224: { hash: "sha224", macOctets: 16 },
  sha256: { hash: "sha256", macOctets: 24 },
  sha384: { hash: "sha384", macOctets: 32 },
  sha512: { hash: "sha512", macOctets: 48 },
};

/** A privacy protocol: octets of key material it takes, and how a short localised key is made longer. */
export interface PrivSpec {
  /** OpenSSL's name. DES is triple DES with one key three times: OpenSSL 3 has no single DES. */
  cipher: string;
  keyOctets: number;
  extension: "none" | "blumenthal" | "reeder";
}

export const PRIV_SPECS: Readonly<Record<PrivProtocol, PrivSpec>> = {
  des: { cipher: "des-ede3-cbc", keyOctets: 16, extension: "none" },
  aes128: { cipher: "aes-128-cfb", keyOctets: 16, extension: "none" },
  "aes192-b": { cipher: "aes-192-cfb", keyOctets: 24, extension: "blumenthal" },
  "aes192-r": { cipher: "aes-192-cfb", keyOctets: 24, extension: "reeder" },
  "aes256-b": { cipher: "aes-256-cfb", keyOctets: 32, extension: "blumenthal" },
  "aes256-r": { cipher: "aes-256-cfb", keyOctets: 32, extension: "reeder" },
};
