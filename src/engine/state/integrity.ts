import { integrityError, messageOf } from "../interface/errors.ts";
import { isProviderType, parseProviderReference } from "../urn/urn.ts";
import { type ResourceState, referencesOf } from "./resource.ts";

/**
 * What Pulumi checks on every load and save (`deploy/snapshot.go: VerifyIntegrity`): every resource stands
 * after all that it refers to, provider references name a provider entry, and a URN occurs once apart from
 * entries that wait for deletion.
 * @throws EngineError (exit 27) with the first fault
 */
export function verifyResources(resources: readonly ResourceState[], where: string): void {
  const seen = new Map<string, ResourceState[]>();
  const providers = new Set<string>();
  const all = new Set(resources.map((resource) => resource.urn));
  for (const resource of resources) {
    const fail = (what: string) => {
      throw integrityError(
        `${where}: resource ${resource.urn} ${what}`,
        "run `pdc stack state repair`, or restore the newest backup under .pulumi/backups",
      );
    };
    if (isProviderType(resource.type)) providers.add(`${resource.urn}::${resource.id}`);
    if (resource.provider && !resource.pendingReplacement) {
      try {
        parseProviderReference(resource.provider);
      } catch (error) {
        fail(`has a malformed provider reference: ${messageOf(error)}`);
      }
      if (!providers.has(resource.provider)) fail(`refers to unknown provider ${resource.provider}`);
    }
    for (const reference of referencesOf(resource)) {
      if (seen.has(reference.urn)) continue;
      const how = all.has(reference.urn) ? "comes before" : "refers to missing";
      fail(`${how} its ${reference.kind} ${reference.urn}`);
    }
    const same = seen.get(resource.urn);
    if (!same) seen.set(resource.urn, [resource]);
    else {
      same.push(resource);
      if (same.filter((entry) => !entry.delete).length > 1) fail("occurs twice");
    }
  }
}
