/** Values for the inventory's SNMP credentials, made up for one lab: nothing real is ever needed or used. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { Credential, SecretSource } from "../../inventory/credential-model.ts";
import type { Inventory } from "../../inventory/model.ts";
import type { AgentCredential } from "../agent/definition.ts";

/** By credential id, then by what the value is for. */
export type LabSecrets = Readonly<Record<string, Readonly<Record<"community" | "auth" | "priv", string>>>>;

/** Fresh random values for every SNMP credential (24 hex digits: 96 bits). */
export function createSecrets(inventory: Inventory): LabSecrets {
  const value = () => randomBytes(12).toString("hex");
  return Object.fromEntries(
    [...inventory.credentials.values()]
      .filter(({ kind }) => kind === "snmp-community" || kind === "snmp-v3")
      .map(({ id }) => [id, { community: value(), auth: value(), priv: value() }]),
  );
}

/**
 * The credential with its values in the lab's secrets file `file`; those of other kinds than SNMP are where they were,
 * seen from the inventory's own `directory`.
 */
export function withSecretsFile(credential: Credential, file: string, directory: string): Credential {
  const source = (key: string): SecretSource => ({ file, key: `${credential.id}.${key}` });
  switch (credential.kind) {
    case "snmp-community":
      return { ...credential, community: source("community") };
    case "snmp-v3": {
      const { auth, priv, engineId: _pinned, ...rest } = credential;
      return {
        ...rest,
        ...(auth && { auth: { ...auth, password: source("auth") } }),
        ...(priv && { priv: { ...priv, password: source("priv") } }),
      };
    }
    case "ssh":
    case "password":
    case "certificate":
      return Object.fromEntries(
        Object.entries(credential).map(([name, value]) => [
          name,
          typeof value === "object" ? placed(value, directory) : value,
        ]),
      ) as Credential;
  }
}

/** A source whose file is named from the root. */
function placed(source: SecretSource, directory: string): SecretSource {
  if ("file" in source) return { ...source, file: fromRoot(source.file, directory) };
  if ("sops" in source) return { ...source, sops: fromRoot(source.sops, directory) };
  return source;
}

/** A path that the inventory gives relative to itself; one in the user's home stays as it is. */
export function fromRoot(path: string, directory: string): string {
  return path === "~" || path.startsWith("~/") ? path : resolve(directory, path);
}

/**
 * What the agent of a device with this credential answers to.
 * @throws when the credential is not an SNMP one.
 */
export function agentCredential(credential: Credential | undefined, secrets: LabSecrets): AgentCredential {
  const values = credential && secrets[credential.id];
  if (credential?.kind === "snmp-community" && values !== undefined) {
    return { version: credential.version, community: values.community };
  }
  if (credential?.kind === "snmp-v3" && values !== undefined) {
    const { user, auth, priv, contextName } = credential;
    return {
      version: "3",
      user,
      ...(auth && { auth: { protocol: auth.protocol, password: values.auth } }),
      ...(priv && { priv: { protocol: priv.protocol, password: values.priv } }),
      ...(contextName !== undefined && { contextName }),
    };
  }
  throw new Error(`credential "${credential?.id}" is not for SNMP`);
}
