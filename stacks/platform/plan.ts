/** The platform of one environment: a pure function of the inventory to Kubernetes objects, always the same. */
import type { Inventory } from "../../src/inventory/model.ts";
import type { Cluster, Environment, Quota } from "../../src/inventory/platform-model.ts";
import type { PlannedObject, PlatformPlan, SecretReference } from "../../src/policy/objects.ts";
import { cpuText, octetsText } from "../../src/policy/quantity.ts";
import { podUse, totalUse } from "../../src/policy/use.ts";
import { databaseObjects } from "./database.ts";
import { servingCertificate, usesIssuer } from "./exposure.ts";
import { type Flow, platformFlows } from "./flows.ts";
import { namespaceObjects } from "./namespace.ts";
import { networkPolicies } from "./network-policies.ts";
import { adoptManifests, type OwnManifest } from "./own-manifests.ts";
import { certificateSecret, pullSecretName } from "./pod.ts";
import { credentialIn, type HostedSystem, hostedSystems, namespaceOf, planned, type Scope } from "./scope.ts";
import { sizedDatabase, sizedQuota, sizedWorkload } from "./sizes.ts";
import { secretObject, workloadObjects } from "./workload.ts";

/** Room above what a system uses at most, where the inventory gives it no quota. */
const usualHeadroom = 1.25;

/** @throws an error with exit code 2 that names the environments there are. */
export function planPlatform(
  inventory: Inventory,
  environmentId: string,
  ownManifests: ReadonlyMap<string, readonly OwnManifest[]> = new Map(),
): PlatformPlan {
  const environment = inventory.environments.get(environmentId);
  if (!environment) throw unknownEnvironment(inventory, environmentId);
  const cluster = inventory.clusters.get(environment.cluster)!;
  const flows = platformFlows(inventory, environment);
  return {
    environment: environmentId,
    objects: hostedSystems(inventory, environment).flatMap((system) => {
      const namespace = namespaceOf(environment, system.id);
      const scope: Scope = { inventory, environment, cluster, system, platform: system.platform, namespace };
      return systemObjects(scope, system, flows, ownManifests.get(system.id) ?? []);
    }),
  };
}

function systemObjects(
  scope: Scope,
  { id, platform }: HostedSystem,
  flows: readonly Flow[],
  manifests: readonly OwnManifest[],
): PlannedObject[] {
  const { environment } = scope;
  const running = [
    ...platform.databases.flatMap((one, i) => databaseObjects(scope, sizedDatabase(one, environment), i)),
    ...platform.workloads.flatMap((one, i) => workloadObjects(scope, sizedWorkload(one, environment), i)),
  ];
  running.push(...adoptManifests(scope, manifests, running));
  const quota = platform.quota
    ? sizedQuota(platform.quota, id, environment)
    : sizedQuota(quotaOfUse(running), id, { ...environment, sizePercent: 100, storagePercent: 100 });
  return [
    ...namespaceObjects(scope, quota),
    ...networkPolicies(scope, flows),
    ...sharedSecrets(scope),
    ...running,
  ];
}

/** The center's certificate and the registries' logins, once a namespace. */
function sharedSecrets(scope: Scope): PlannedObject[] {
  const { inventory, environment, cluster } = scope;
  const secrets: PlannedObject[] = [];
  const add = (name: string, type: string, values: Record<string, SecretReference>) => {
    secrets.push(planned(scope, ["platform"], secretObject(name, type), values));
  };
  for (const registry of inventory.registries.values()) {
    const { host, credential } = registry;
    if (credential === undefined) continue;
    const own = credentialIn(inventory, environment, credential);
    add(pullSecretName(registry), "kubernetes.io/dockerconfigjson", {
      ".dockerconfigjson": { credential: own, field: "dockerConfig", host },
    });
  }
  if (usesIssuer(scope)) secrets.push(planned(scope, ["platform"], servingCertificate(scope)));
  else if (cluster.certificateCredential !== undefined) {
    const credential = credentialIn(inventory, environment, cluster.certificateCredential);
    add(certificateSecret, "kubernetes.io/tls", {
      "tls.crt": { credential, field: "certificate" },
      "tls.key": { credential, field: "privateKey" },
    });
  }
  return secrets;
}

function quotaOfUse(objects: readonly PlannedObject[]): Quota {
  const { cpu, memory, storage, pods } = totalUse(
    objects.map(({ object }) => podUse(object, objects)),
    "most",
  );
  return {
    cpu: cpuText(Math.ceil(cpu * usualHeadroom) || 100),
    memory: octetsText(memory * usualHeadroom || 2 ** 28),
    ...(storage > 0 && { storage: octetsText(storage) }),
    pods: Math.ceil(pods * usualHeadroom) + 2,
  };
}

function unknownEnvironment(inventory: Inventory, id: string): Error {
  const known = [...inventory.environments.keys()];
  return Object.assign(new Error(`the inventory has no environment ${id}`), {
    code: "unknown-environment",
    exitCode: known.length > 0 ? 2 : 22,
    fix:
      known.length > 0
        ? `--stack one of ${known.join(", ")}`
        : "describe one in environments/ of the inventory",
  });
}

/** The cluster of an environment. */
export function clusterOf(inventory: Inventory, environment: Environment): Cluster {
  return inventory.clusters.get(environment.cluster)!;
}
