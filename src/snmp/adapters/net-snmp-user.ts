import { getCiphers } from "node:crypto";
import snmp, { type NetUser } from "net-snmp";
import type { AuthProtocol, PrivProtocol, SnmpCredential, SnmpTarget } from "../types.ts";

/** The package's names; what is not here it does not speak. */
const AUTH_NAMES: Readonly<Record<AuthProtocol, string>> = {
  md5: "md5",
  sha1: "sha",
  sha224: "sha224",
  sha256: "sha256",
  sha384: "sha384",
  sha512: "sha512",
};
const PRIV_NAMES: Readonly<Partial<Record<PrivProtocol, string>>> = {
  des: "des",
  aes128: "aes",
  "aes256-b": "aes256b",
  "aes256-r": "aes256r",
};

/** The protocol of a target that the package does not speak, if any. */
export function unsupportedProtocol({ credential }: SnmpTarget): string | undefined {
  if (credential.version !== "3" || credential.priv === undefined) return undefined;
  const { protocol } = credential.priv;
  // The package asks OpenSSL for single DES, which OpenSSL 3 has only in its legacy provider.
  const available = protocol === "des" ? getCiphers().includes("des-cbc") : protocol in PRIV_NAMES;
  return available ? undefined : protocol;
}

export function netUser({ user, auth, priv }: SnmpCredential & { version: "3" }): NetUser {
  const { noAuthNoPriv, authNoPriv, authPriv } = snmp.SecurityLevel;
  if (!auth) return { name: user, level: noAuthNoPriv };
  const signed = {
    name: user,
    authProtocol: snmp.AuthProtocols[AUTH_NAMES[auth.protocol]]!,
    authKey: auth.password.reveal(),
  };
  if (!priv) return { ...signed, level: authNoPriv };
  const privProtocol = snmp.PrivProtocols[PRIV_NAMES[priv.protocol] ?? ""]!;
  return { ...signed, level: authPriv, privProtocol, privKey: priv.password.reveal() };
}
