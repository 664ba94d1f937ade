import type { CheckFailure } from "../../interface/provider.ts";
import type { PropertyMap } from "../../properties/values.ts";
import type { ResourceState } from "../../state/resource.ts";
import { nameOf } from "../../urn/urn.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { ProviderInstance } from "../providers/provider-instance.ts";
import { checkMessage } from "../steps/import-step.ts";

/**
 * Has a provider check inputs, and tells what it found wrong.
 * @returns the checked inputs, and whether they will do
 */
export async function checkInputs(
  deployment: Deployment,
  provider: Pick<ProviderInstance, "check">,
  resource: ResourceState,
  request: { readonly olds: PropertyMap; readonly news: PropertyMap; readonly randomSeed: Uint8Array },
): Promise<{ readonly inputs: PropertyMap; readonly valid: boolean }> {
  const result = await provider.check({
    urn: resource.urn,
    name: nameOf(resource.urn),
    type: resource.type,
    ...request,
  });
  const failures: readonly CheckFailure[] = result.failures ?? [];
  for (const failure of failures) {
    deployment.events.diagnostic("error", checkMessage(resource, resource.inputs, failure), resource.urn);
  }
  return { inputs: result.inputs, valid: failures.length === 0 };
}
