/** Values of the plan's Secrets, from the inventory's credentials; read at the moment a deployment needs them. */
import {
  credentialResolver,
  type ResolvedCredential,
  type ResolveOptions,
} from "../../src/inventory/credentials.ts";
import type { Inventory } from "../../src/inventory/model.ts";
import type { PlannedObject, SecretReference } from "../../src/policy/objects.ts";

/** By planned Secret: key → value. @throws {CredentialError} for the first that cannot be had (exit code 22). */
export async function secretValues(
  inventory: Inventory,
  objects: readonly PlannedObject[],
  options: Partial<ResolveOptions> = {},
): Promise<Map<PlannedObject, Record<string, string>>> {
  const resolve = credentialResolver(inventory, options);
  const values = new Map<PlannedObject, Record<string, string>>();
  for (const planned of objects) {
    if (!planned.values) continue;
    const own: Record<string, string> = {};
    for (const [key, reference] of Object.entries(planned.values))
      own[key] = secretValue(reference, await resolve(reference.credential));
    values.set(planned, own);
  }
  return values;
}

function secretValue(reference: SecretReference, resolved: ResolvedCredential): string {
  if (resolved.kind === "password") {
    const { user = "", password } = resolved;
    switch (reference.field) {
      case "user":
        if (user !== "") return user;
        break;
      case "password":
        return password.reveal();
      case "dockerConfig":
        return dockerConfig(reference.host, user, password.reveal());
    }
  }
  if (resolved.kind === "certificate") {
    if (reference.field === "certificate") return resolved.certificate.reveal();
    if (reference.field === "privateKey") return resolved.privateKey.reveal();
  }
  throw Object.assign(
    new Error(`credential "${reference.credential}" (${resolved.kind}) has no ${reference.field}`),
    { code: "credential-unresolved", exitCode: 22, target: reference.credential },
  );
}

/** What a kubelet logs in to a registry with. */
function dockerConfig(host: string, username: string, password: string): string {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return JSON.stringify({ auths: { [host]: { username, password, auth } } });
}
