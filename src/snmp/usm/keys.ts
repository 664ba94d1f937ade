import { createHash, getCiphers, hash } from "node:crypto";
import type { SecretText, SnmpCredential } from "../types.ts";
import { type AuthKey, authKey } from "./authentication.ts";
import { type PrivKey, privKey } from "./privacy.ts";
import { AUTH_SPECS, PRIV_SPECS } from "./protocols.ts";

/** RFC 3414 A.2: the password is repeated to one megabyte. */
const PASSWORD_OCTETS = 1_048_576;
/** RFC 3414 11.2: shorter passwords are refused. */
export const LEAST_PASSWORD_OCTETS = 8;
/** Localised key sets that are kept: one per user and engine. */
const MOST_LOCALISED = 20_000;

const available = new Set(getCiphers());

/** Ku: the key of a password, before it is bound to an engine (RFC 3414 A.2). Costs some milliseconds. */
export function passwordToKey(hashName: string, password: Uint8Array): Buffer {
  const repeated = Buffer.alloc(PASSWORD_OCTETS, password);
  return createHash(hashName).update(repeated).digest();
}

/** Kul: the key as this engine knows it (RFC 3414 2.6). */
export function localiseKey(hashName: string, key: Uint8Array, engineId: Uint8Array): Buffer {
  return hash(hashName, Buffer.concat([key, engineId, key]), "buffer");
}

/** Blumenthal's extension (draft-blumenthal-aes-usm): the hash of all so far is appended. */
export function extendBlumenthal(hashName: string, key: Buffer, octets: number): Buffer {
  let extended = key;
  while (extended.length < octets) extended = Buffer.concat([extended, hash(hashName, extended, "buffer")]);
  return extended.subarray(0, octets);
}

/** Reeder's extension (draft-reeder-snmpv3-usm-3desede), which Cisco uses: the key is a password anew. */
export function extendReeder(hashName: string, key: Buffer, engineId: Uint8Array, octets: number): Buffer {
  let extended = key;
  let last = key;
  while (extended.length < octets) {
    last = localiseKey(hashName, passwordToKey(hashName, last), engineId);
    extended = Buffer.concat([extended, last]);
  }
  return extended.subarray(0, octets);
}

/** The keys of one user at one engine; without `auth` the user is noAuthNoPriv. */
export interface UserKeys {
  auth?: AuthKey;
  priv?: PrivKey;
}

export type UsmCredential = Pick<SnmpCredential & { version: "3" }, "auth" | "priv">;

/** Why no keys can be made of a credential; undefined when they can. */
export function credentialProblem({ auth, priv }: UsmCredential): string | undefined {
  if (!auth) return priv && "privacy needs authentication as well (RFC 3414 1.4.3)";
  for (const { password } of priv ? [auth, priv] : [auth]) {
    if (Buffer.byteLength(password.reveal()) < LEAST_PASSWORD_OCTETS) {
      return `a password of SNMPv3 has at least ${LEAST_PASSWORD_OCTETS} characters (RFC 3414 11.2)`;
    }
  }
  const missing = priv && !available.has(PRIV_SPECS[priv.protocol].cipher);
  return missing ? `this platform's OpenSSL has no ${priv.protocol}` : undefined;
}

/**
 * Makes and keeps keys. The megabyte hash is done once per protocol and password, whatever the number of engines;
 * the localised keys are kept for the engines used last.
 */
export class KeyCache {
  private readonly byPassword = new Map<string, Buffer>();
  private readonly localised = new Map<string, UserKeys>();

  /** Throws RangeError when `credentialProblem` finds one. */
  keysFor(credential: UsmCredential, engineId: Uint8Array): UserKeys {
    const { auth, priv } = credential;
    if (!auth) return this.refuse(credential) ?? {};
    const engine = Buffer.from(engineId).toString("hex");
    const name = JSON.stringify([
      engine,
      auth.protocol,
      auth.password.reveal(),
      priv?.protocol ?? "",
      priv?.password.reveal() ?? "",
    ]);
    const known = this.localised.get(name);
    if (known) {
      this.localised.delete(name);
      this.localised.set(name, known);
      return known;
    }
    const { hash: hashName } = AUTH_SPECS[auth.protocol];
    this.refuse(credential);
    const keys: UserKeys = {
      auth: authKey(auth.protocol, localiseKey(hashName, this.ku(hashName, auth.password), engineId)),
    };
    if (priv) {
      const { keyOctets, extension } = PRIV_SPECS[priv.protocol];
      const short = localiseKey(hashName, this.ku(hashName, priv.password), engineId);
      const key =
        extension === "reeder"
          ? extendReeder(hashName, short, engineId, keyOctets)
          : extendBlumenthal(hashName, short, keyOctets);
      keys.priv = privKey(priv.protocol, key);
    }
    if (this.localised.size >= MOST_LOCALISED) this.localised.delete(this.localised.keys().next().value!);
    this.localised.set(name, keys);
    return keys;
  }

  private refuse(credential: UsmCredential): undefined {
    const problem = credentialProblem(credential);
    if (problem !== undefined) throw new RangeError(problem);
  }

  private ku(hashName: string, password: SecretText): Buffer {
    const text = password.reveal();
    const octets = Buffer.from(text);
    if (octets.length < LEAST_PASSWORD_OCTETS) {
      throw new RangeError(
        `a password of SNMPv3 has at least ${LEAST_PASSWORD_OCTETS} characters (RFC 3414 11.2)`,
      );
    }
    const name = `${hashName}|${text}`;
    let key = this.byPassword.get(name);
    if (!key) {
      key = passwordToKey(hashName, Buffer.from(text));
      this.byPassword.set(name, key);
    }
    return key;
  }
}
