/** The plan of the platform stack in one environment, for the commands that look at it without deploying. */
import type { Inventory } from "../../inventory/model.ts";
import type { PlatformPlan } from "../../policy/objects.ts";

export interface OpenPlan {
  inventory: Inventory;
  plan: PlatformPlan;
}

/** Errors: 2 no such environment, or a stack that has no plan of objects; 22 the inventory or a manifest. */
export async function openPlan(
  name: string,
  environment: string,
  inventoryDirectory: string,
): Promise<OpenPlan> {
  if (name !== "platform")
    throw Object.assign(new Error(`stack ${name} has no Kubernetes objects to list`), {
      code: "unknown-stack",
      exitCode: 2,
      fix: "the stack with objects: platform",
    });
  const { loadInventory } = await import("../../inventory/load.ts");
  const { planPlatform } = await import("../../../stacks/platform/plan.ts");
  const { readOwnManifests } = await import("../../../stacks/platform/read-manifests.ts");
  const inventory = await loadInventory(inventoryDirectory);
  return { inventory, plan: planPlatform(inventory, environment, await readOwnManifests(inventory)) };
}
