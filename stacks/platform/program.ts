/** The platform stack: every hosted system of an environment as a component on the cluster of the configuration. */
import type { Finding } from "../../src/policy/finding.ts";
import { bySystem } from "../../src/policy/finding.ts";
import type { StackContext, StackProgram } from "../registry.ts";
import { checkPlatform } from "./gate.ts";
import { planPlatform } from "./plan.ts";
import { readOwnManifests } from "./read-manifests.ts";

/** Outputs: the namespaces, the names outside, and how many objects there are. */
export function platformProgram({ inventory, environment }: StackContext): StackProgram {
  return async () => {
    const { HostedSystem } = await import("../components/hosted-system.ts");
    const { secretValues } = await import("./secret-values.ts");
    const plan = planPlatform(inventory, environment, await readOwnManifests(inventory));
    const secrets = await secretValues(inventory, plan.objects);
    const holdsRealData = inventory.environments.get(environment)!.data === "real";
    for (const [system, objects] of bySystem(plan))
      new HostedSystem(system, { objects, secrets, holdsRealData });
    const named = (kind: string) => plan.objects.filter(({ object }) => object.kind === kind);
    const hosts = named("Ingress").map(
      ({ object }) => (object.spec as { rules?: { host?: string }[] }).rules?.[0]?.host ?? "",
    );
    return {
      namespaces: named("Namespace").map(({ object }) => object.metadata.name),
      hosts,
      objects: plan.objects.length,
    };
  };
}

/** Everything that is wrong with the environment before it is deployed. */
export async function platformGate({ inventory, environment }: StackContext): Promise<Finding[]> {
  return checkPlatform(inventory, environment, await readOwnManifests(inventory)).findings;
}
