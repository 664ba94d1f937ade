/** The objects of a workload: account, configuration, secrets, pods, service, disruption budget, autoscaling. */
import type { InventoryPlace } from "../../src/inventory/place.ts";
import type { Workload } from "../../src/inventory/platform-model.ts";
import type { KubernetesObject, PlannedObject, SecretReference } from "../../src/policy/objects.ts";
import {
  brokerPod,
  clusterSecretName,
  isBroker,
  isClustered,
  nodesName,
  nodesService,
  settingsMap,
} from "./broker.ts";
import { exposure, usesIssuer } from "./exposure.ts";
import { serviceAccount } from "./namespace.ts";
import { certificateSecret, checksum, workloadPod } from "./pod.ts";
import { credentialIn, planned, podLabels, type Scope } from "./scope.ts";
import { scaledStorage, storageClassOf } from "./sizes.ts";
import { portOf, templates } from "./templates.ts";

/** Disk of a broker's pod when the inventory says none. */
const usualStorage = "10Gi";
/** Autoscaling holds the use of the processor here, percent of the request. */
const targetCpuPercent = 70;

export function workloadObjects(scope: Scope, workload: Workload, index: number): PlannedObject[] {
  const path: InventoryPlace["path"] = ["platform", "workloads", index];
  const { name, config, secrets, replicas } = workload;
  const plan = (inner: readonly string[], object: KubernetesObject) =>
    planned(scope, [...path, ...inner], object);
  const objects: PlannedObject[] = [plan(["name"], serviceAccount(name))];
  if (Object.keys(config).length > 0)
    objects.push(plan(["config"], { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: config }));
  if (secrets.length > 0) {
    const values: Record<string, SecretReference> = {};
    for (const one of secrets) {
      const credential = credentialIn(scope.inventory, scope.environment, one.credential);
      values[one.name] = { credential, field: one.field };
    }
    objects.push(planned(scope, [...path, "secrets"], secretObject(name, "Opaque"), values));
  }
  if (portOf(workload) !== undefined) objects.push(plan(["name"], service(workload)));
  if (isBroker(workload)) {
    objects.push(plan(["name"], nodesService(workload)), plan(["template"], settingsMap(workload)));
    if (isClustered(workload)) objects.push(clusterSecret(scope, workload, path));
  }
  objects.push(plan(["name"], controller(scope, workload)));
  if (replicas.min > 1) objects.push(plan(["replicas"], disruptionBudget(workload)));
  if (replicas.max !== undefined) objects.push(plan(["replicas"], autoscaler(workload)));
  if (workload.host !== undefined) objects.push(plan(["host"], exposure(scope, workload)));
  if (workload.metricsPath !== undefined && scope.cluster.operators.includes("prometheus"))
    objects.push(plan(["metricsPath"], podMonitor(scope, workload)));
  return objects;
}

/** What the nodes of a broker know each other by; the inventory is refused where it names none. */
function clusterSecret(
  scope: Scope,
  { name, clusterCredential = "" }: Workload,
  path: NonNullable<InventoryPlace["path"]>,
): PlannedObject {
  const credential = credentialIn(scope.inventory, scope.environment, clusterCredential);
  return planned(scope, [...path, "clusterCredential"], secretObject(clusterSecretName(name), "Opaque"), {
    cookie: { credential, field: "password" },
  });
}

export function secretObject(name: string, type: string): KubernetesObject {
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, type };
}

function service(workload: Workload): KubernetesObject {
  const { name, template, isTls } = workload;
  const port = portOf(workload)!;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: {
      type: "ClusterIP",
      selector: podLabels(name),
      ports: [
        {
          name: templates[template].portName(isTls),
          port,
          targetPort: port,
          protocol: "TCP",
          // So an ingress controller or Gateway knows how to speak to it.
          ...(isTls && templates[template].kind === "Deployment" && { appProtocol: "https" }),
        },
      ],
    },
  };
}

function controller(scope: Scope, workload: Workload): KubernetesObject {
  const { name, template, replicas } = workload;
  const selector = { matchLabels: podLabels(name) };
  const base = workloadPod(scope, workload);
  const pod = isBroker(workload)
    ? brokerPod(base, scope, workload, checksum(settingsMap(workload).data as Record<string, string>))
    : base;
  if (templates[template].kind === "Deployment") {
    return {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, labels: podLabels(name) },
      spec: {
        // Where it grows by itself, the number is the autoscaler's.
        ...(replicas.max === undefined && { replicas: replicas.min }),
        revisionHistoryLimit: 5,
        progressDeadlineSeconds: 600,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector,
        template: pod,
      },
    };
  }
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, labels: podLabels(name) },
    spec: {
      serviceName: nodesName(name),
      replicas: replicas.min,
      // All at once: one that waits for the others must not keep them from starting.
      podManagementPolicy: "Parallel",
      selector,
      template: pod,
      volumeClaimTemplates: [
        dataClaim(scope, workload.storage ?? scaledStorage(usualStorage, scope.environment)),
      ],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    },
  };
}

/** The claim of each pod; its labels tell a backup program what it is. */
export function dataClaim({ cluster, system }: Scope, storage: string, storageClass?: string) {
  return {
    // The API server fills both in; without them a later apply would differ.
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data", labels: { "app.kubernetes.io/part-of": system.id, "pdc/backup": "yes" } },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: storageClassOf(cluster, storageClass),
      resources: { requests: { storage } },
    },
  };
}

function disruptionBudget(workload: Workload): KubernetesObject {
  const { name } = workload;
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name },
    spec: {
      maxUnavailable: 1,
      // Pods that are broken anyway do not hold up the draining of a node; one of a cluster that comes back is not broken.
      unhealthyPodEvictionPolicy: isBroker(workload) ? "IfHealthyBudget" : "AlwaysAllow",
      selector: { matchLabels: podLabels(name) },
    },
  };
}

function autoscaler({ name, replicas }: Workload): KubernetesObject {
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: replicas.min,
      maxReplicas: replicas.max,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: targetCpuPercent } },
        },
      ],
    },
  };
}

function podMonitor(
  scope: Scope,
  { name, metricsPath, isTls, template, metricsPort }: Workload,
): KubernetesObject {
  const port = metricsPort === undefined ? templates[template].portName(isTls) : "metrics";
  const endpoint = { port, path: metricsPath };
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    metadata: { name },
    spec: {
      selector: { matchLabels: podLabels(name) },
      podMetricsEndpoints: [
        isTls && port !== "metrics"
          ? { ...endpoint, scheme: "https", tlsConfig: monitorTrust(scope, name) }
          : { ...endpoint, scheme: "http" },
      ],
    },
  };
}

/** Pods are scraped by their addresses, which no certificate names. */
function monitorTrust(scope: Scope, name: string) {
  // A certificate that was brought along names only what is seen outside, and comes without its authority.
  if (!usesIssuer(scope)) return { insecureSkipVerify: true };
  return {
    serverName: `${name}.${scope.namespace}.svc`,
    ca: { secret: { name: certificateSecret, key: "ca.crt" } },
  };
}
