/** From a credential's name to its values, for the one moment they are needed. */
import type { Credential, SecretSource } from "./credential-model.ts";
import type { Inventory } from "./model.ts";
import { didYouMean } from "./near-match.ts";
import { readSecret, type SecretEnvironment } from "./read-secret.ts";
import { type SecretText, secret } from "./secret.ts";

type Of<K extends Credential["kind"]> = Extract<Credential, { kind: K }>;

/** A credential with its values; the SNMP forms are what a session takes. */
export type ResolvedCredential =
  | { kind: "snmp"; snmp: { version: "1" | "2c"; community: SecretText } | ResolvedSnmpV3 }
  | { kind: "ssh"; user: string; privateKey?: SecretText; password?: SecretText }
  | { kind: "password"; user?: string; password: SecretText }
  | { kind: "certificate"; certificate: SecretText; privateKey: SecretText };

export interface ResolvedSnmpV3 {
  version: "3";
  user: string;
  auth?: { protocol: NonNullable<Of<"snmp-v3">["auth"]>["protocol"]; password: SecretText };
  priv?: { protocol: NonNullable<Of<"snmp-v3">["priv"]>["protocol"]; password: SecretText };
  contextName?: string;
  engineId?: string;
}

/** Values that stand in for the sources of a credential (the lab's own). */
export type CredentialOverride = Readonly<
  Partial<Record<"community" | "auth" | "priv" | "privateKey" | "password" | "certificate", string>>
>;

export interface ResolveOptions extends SecretEnvironment {
  /** By credential id; what is given here is not looked up. */
  overrides?: ReadonlyMap<string, CredentialOverride>;
}

/** A secret that cannot be had (exit code 22); says which credential and source, never a value. */
export class CredentialError extends Error {
  readonly code = "credential-unresolved";
  readonly exitCode = 22;
  readonly target: string;
  readonly fix: string | undefined;
  constructor(credential: string, message: string, fix?: string) {
    super(`credential "${credential}": ${message}`);
    this.name = "CredentialError";
    this.target = credential;
    this.fix = fix;
  }
}

/** Reads every secret of one credential. @throws {CredentialError} */
export async function resolveCredential(
  credential: Credential,
  options: ResolveOptions,
): Promise<ResolvedCredential> {
  const override = options.overrides?.get(credential.id);
  const read = async (field: keyof CredentialOverride, source: SecretSource): Promise<SecretText> => {
    const given = override?.[field];
    if (given !== undefined) return secret(given);
    const result = await readSecret(source, options);
    if ("fault" in result) throw new CredentialError(credential.id, result.fault, result.fix);
    if (result.text === "") throw new CredentialError(credential.id, `the secret "${field}" is empty`);
    return secret(result.text);
  };
  switch (credential.kind) {
    case "snmp-community":
      return {
        kind: "snmp",
        snmp: { version: credential.version, community: await read("community", credential.community) },
      };
    case "snmp-v3": {
      const { user, auth, priv, contextName, engineId } = credential;
      const snmp: ResolvedSnmpV3 = { version: "3", user };
      if (auth) snmp.auth = { protocol: auth.protocol, password: await read("auth", auth.password) };
      if (priv) snmp.priv = { protocol: priv.protocol, password: await read("priv", priv.password) };
      if (contextName !== undefined) snmp.contextName = contextName;
      if (engineId !== undefined) snmp.engineId = engineId;
      return { kind: "snmp", snmp };
    }
    case "ssh": {
      const { privateKey, password } = credential;
      return {
        kind: "ssh",
        user: credential.user,
        ...(privateKey && { privateKey: await read("privateKey", privateKey) }),
        ...(password && { password: await read("password", password) }),
      };
    }
    case "password":
      return {
        kind: "password",
        ...(credential.user && { user: credential.user }),
        password: await read("password", credential.password),
      };
    case "certificate":
      return {
        kind: "certificate",
        certificate: await read("certificate", credential.certificate),
        privateKey: await read("privateKey", credential.privateKey),
      };
  }
}

/** A function from credential ids to their values that reads each only once. */
export function credentialResolver(
  inventory: Pick<Inventory, "directory" | "credentials">,
  options: Partial<ResolveOptions> = {},
): (id: string) => Promise<ResolvedCredential> {
  const known = new Map<string, Promise<ResolvedCredential>>();
  return (id) => {
    let resolved = known.get(id);
    if (resolved === undefined) {
      const credential = inventory.credentials.get(id);
      resolved = credential
        ? resolveCredential(credential, { directory: inventory.directory, env: process.env, ...options })
        : Promise.reject(
            new CredentialError(
              id,
              "the inventory does not have it",
              didYouMean(id, inventory.credentials.keys()),
            ),
          );
      known.set(id, resolved);
    }
    return resolved;
  };
}
