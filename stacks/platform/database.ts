/** A PostgreSQL database: a Cluster of the CloudNativePG operator where it is there, else one plain StatefulSet. */
import type { Database } from "../../src/inventory/platform-model.ts";
import type { KubernetesObject, PlannedObject, PodTemplate } from "../../src/policy/objects.ts";
import { octets, octetsText } from "../../src/policy/quantity.ts";
import { serviceAccount } from "./namespace.ts";
import { certificateDirectory, certificateSecret, confined, hardened, pullSecrets } from "./pod.ts";
import { credentialIn, imageReference, labelsOfPods, planned, podLabels, type Scope } from "./scope.ts";
import { storageClassOf } from "./sizes.ts";
import { dataClaim, secretObject } from "./workload.ts";

export const databasePort = 5432;
/** User and group `postgres` of Debian's packages, which the official images are made of. */
const userId = 999;

export function databaseObjects(scope: Scope, database: Database, index: number): PlannedObject[] {
  const path = ["platform", "databases", index];
  const { name } = database;
  const credential = credentialIn(scope.inventory, scope.environment, database.credential);
  const secret = planned(scope, [...path, "credential"], secretObject(name, "kubernetes.io/basic-auth"), {
    username: { credential, field: "user" },
    password: { credential, field: "password" },
  });
  if (scope.cluster.operators.includes("cloudnative-pg"))
    return [
      secret,
      planned(scope, path, operatorCluster(scope, database)),
      planned(
        scope,
        path,
        service(name, { "cnpg.io/cluster": name, "cnpg.io/instanceRole": "primary" }, false),
      ),
    ];
  return [
    planned(scope, path, serviceAccount(name)),
    secret,
    planned(scope, path, service(name, podLabels(name), true)),
    planned(scope, path, statefulSet(scope, database)),
  ];
}

function service(name: string, selector: Record<string, string>, isHeadless: boolean): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: {
      type: "ClusterIP",
      ...(isHeadless && { clusterIP: "None" }),
      selector,
      ports: [{ name: "postgres", port: databasePort, targetPort: databasePort, protocol: "TCP" }],
    },
  };
}

function statefulSet(scope: Scope, database: Database): KubernetesObject {
  const { name } = database;
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, labels: podLabels(name) },
    spec: {
      serviceName: name,
      replicas: 1,
      selector: { matchLabels: podLabels(name) },
      template: pod(scope, database),
      volumeClaimTemplates: [dataClaim(scope, database.storage, database.storageClass)],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    },
  };
}

function pod(scope: Scope, { name, image, cpu, memory }: Database): PodTemplate {
  const fromSecret = (variable: string, key: string) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name, key } },
  });
  return {
    metadata: {
      labels: {
        ...labelsOfPods(scope, name),
        "app.kubernetes.io/component": "database",
      },
      // Files of a running database that are copied one after the other are no backup: its claim is labelled for
      // snapshots, and the backup agent may dump it.
      annotations: { "backup.velero.io/backup-volumes-excludes": "data,run,shm,tmp" },
    },
    spec: {
      ...confined(scope, name, userId),
      // A database writes its memory out before it ends.
      terminationGracePeriodSeconds: 120,
      containers: [
        {
          name: "postgres",
          image: imageReference(scope.inventory, image),
          imagePullPolicy: "IfNotPresent",
          args: settings(memory).flatMap((setting) => ["-c", setting]),
          ports: [{ name: "postgres", containerPort: databasePort }],
          env: [
            fromSecret("POSTGRES_USER", "username"),
            fromSecret("POSTGRES_PASSWORD", "password"),
            { name: "POSTGRES_DB", value: name },
            { name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" },
            { name: "POSTGRES_INITDB_ARGS", value: "--data-checksums" },
          ],
          resources: { requests: { cpu, memory }, limits: { memory } },
          ...probes,
          securityContext: { ...hardened, capabilities: { drop: [...hardened.capabilities.drop] } },
          volumeMounts: [
            { name: "data", mountPath: "/var/lib/postgresql/data" },
            { name: "run", mountPath: "/var/run/postgresql" },
            { name: "shm", mountPath: "/dev/shm" },
            { name: "tmp", mountPath: "/tmp" },
            { name: "tls", mountPath: certificateDirectory, readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: "run", emptyDir: { sizeLimit: "16Mi" } },
        // Where workers of a parallel query exchange rows; what a container gets without this is 64 MiB.
        { name: "shm", emptyDir: { medium: "Memory", sizeLimit: octetsText(octets(memory) / 8) } },
        { name: "tmp", emptyDir: { sizeLimit: "1Gi" } },
        { name: "tls", secret: { secretName: certificateSecret, defaultMode: 0o440 } },
      ],
    },
  };
}

/** A quarter of the memory for its own cache and the rest for the system's, as PostgreSQL's manual advises. */
function settings(memory: string): string[] {
  const megabytes = (share: number) => `${Math.max(16, Math.floor((octets(memory) * share) / 2 ** 20))}MB`;
  return [
    "ssl=on",
    `ssl_cert_file=${certificateDirectory}/tls.crt`,
    `ssl_key_file=${certificateDirectory}/tls.key`,
    `shared_buffers=${megabytes(1 / 4)}`,
    `effective_cache_size=${megabytes(5 / 8)}`,
  ];
}

/**
 * Asked over TCP: while the image sets a new database up, a server answers on the socket only. `pg_isready` ends with 0
 * when it takes connections, with 1 when it is up and does not (it recovers after a crash, which may take long and
 * must not be ended by a restart), with 2 when nothing answers.
 */
const isReady = "pg_isready --quiet --host=127.0.0.1 --timeout=3";
const isAlive = { exec: { command: ["sh", "-c", `${isReady}; test $? -le 1`] }, timeoutSeconds: 5 };
const probes = {
  startupProbe: { ...isAlive, periodSeconds: 5, failureThreshold: 120 },
  readinessProbe: {
    exec: { command: isReady.split(" ") },
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold: 3,
  },
  livenessProbe: { ...isAlive, periodSeconds: 20, failureThreshold: 6 },
};

/** The operator makes pods, services, certificates and failover of it. */
function operatorCluster(scope: Scope, database: Database): KubernetesObject {
  const { name, image, instances, cpu, memory, storage, storageClass, hasPostgis } = database;
  return {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name },
    spec: {
      instances,
      imageName: imageReference(scope.inventory, image),
      ...pullSecrets(scope),
      inheritedMetadata: { labels: labelsOfPods(scope, name) },
      storage: { size: storage, storageClass: storageClassOf(scope.cluster, storageClass) },
      resources: { requests: { cpu, memory }, limits: { memory } },
      bootstrap: {
        initdb: {
          database: name,
          owner: credentialUser(scope, database),
          secret: { name },
          ...(hasPostgis && { postInitApplicationSQL: ["CREATE EXTENSION IF NOT EXISTS postgis"] }),
        },
      },
    },
  };
}

function credentialUser({ inventory, environment }: Scope, database: Database): string {
  const credential = inventory.credentials.get(credentialIn(inventory, environment, database.credential));
  return (credential && "user" in credential && credential.user) || "app";
}
