/** What the gate looks at for one environment: its plan and those of its neighbours on the same cluster. */
import { dateAt } from "../../src/inventory/agencies.ts";
import type { Inventory } from "../../src/inventory/model.ts";
import type { Finding } from "../../src/policy/finding.ts";
import { checkPlatformPlan } from "../../src/policy/gate.ts";
import type { PlatformPlan } from "../../src/policy/objects.ts";
import type { OwnManifest } from "./own-manifests.ts";
import { clusterOf, planPlatform } from "./plan.ts";

export interface CheckedPlan {
  plan: PlatformPlan;
  findings: Finding[];
}

/** Plans and checks an environment. @throws as `planPlatform` does. */
export function checkPlatform(
  inventory: Inventory,
  environmentId: string,
  ownManifests: ReadonlyMap<string, readonly OwnManifest[]>,
  date = dateAt(inventory),
): CheckedPlan {
  const plan = planPlatform(inventory, environmentId, ownManifests);
  const environment = inventory.environments.get(environmentId)!;
  const neighbours = [...inventory.environments.values()]
    .filter(({ cluster }) => cluster === environment.cluster)
    .map(({ id }) => (id === environmentId ? plan : planPlatform(inventory, id, ownManifests)));
  const cluster = clusterOf(inventory, environment);
  return { plan, findings: checkPlatformPlan({ inventory, environment, cluster, plan, neighbours, date }) };
}
