/**
 * RabbitMQ as one cluster of its pods, laid out as its own operator does it: node names from a headless Service, one
 * Erlang cookie, the first pod as the seed that the others join, quorum queues, an orderly end. Needs RabbitMQ 4.1 or
 * later, whose discovery on Kubernetes asks no API server, and so no right in it.
 * Sources: rabbitmq.com/docs/install-kubernetes-diy, /docs/cluster-formation, the plugin's README, the cluster operator.
 */
import type { Workload } from "../../src/inventory/platform-model.ts";
import type { Container, KubernetesObject, PodTemplate } from "../../src/policy/objects.ts";
import { octets } from "../../src/policy/quantity.ts";
import { podLabels, type Scope } from "./scope.ts";
import { portOf, templates } from "./templates.ts";

const settingsDirectory = "/etc/rabbitmq-settings";
const cookieDirectory = "/run/secrets/cluster";
/** How long a pod that shall end waits for its queues to have a majority without it, and for its share of clients to go. */
const quorumSeconds = 240;
const drainSeconds = 45;
const graceSeconds = 300;

/** Of Erlang: who looks up nodes, and what they speak to each other on. */
const peerPorts = ["epmd", "cluster"].map((name, i) => [name, templates.broker.peerPorts[i]!] as const);

export const isBroker = ({ template }: Workload): boolean => template === "broker";
export const isClustered = (workload: Workload): boolean => isBroker(workload) && workload.replicas.min > 1;

/** Objects that a broker has besides every workload's; names that no other workload of the system may have. */
export const nodesName = (name: string): string => `${name}-nodes`;
export const clusterSecretName = (name: string): string => `${name}-cluster`;

/** Names of the pods, also before they are ready: they find each other by them in order to become so. */
export function nodesService(workload: Workload): KubernetesObject {
  const { name, isTls } = workload;
  const port = (portName: string, number: number) => ({ name: portName, port: number, targetPort: number });
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: nodesName(name) },
    spec: {
      type: "ClusterIP",
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: podLabels(name),
      ports: [
        port(templates.broker.portName(isTls), templates.broker.port(isTls)!),
        ...(isClustered(workload) ? peerPorts.map(([portName, number]) => port(portName, number)) : []),
      ].map((one) => ({ ...one, protocol: "TCP" })),
    },
  };
}

export function settingsMap(workload: Workload): KubernetesObject {
  // Nobody reaches a management page through the network policies.
  const plugins = ["rabbitmq_prometheus"];
  if (isClustered(workload)) plugins.unshift("rabbitmq_peer_discovery_k8s");
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: nodesName(workload.name) },
    data: { enabled_plugins: `[${plugins.join(",")}].\n`, "rabbitmq.conf": settings(workload).join("\n") },
  };
}

function settings(workload: Workload): string[] {
  const { memory, storage, replicas } = workload;
  // Below as much as its memory holds it takes no more messages: it could not write them out.
  const leastFree = Math.min(
    octets(memory),
    storage === undefined ? Number.POSITIVE_INFINITY : octets(storage) / 4,
  );
  const clustered = [
    "cluster_formation.peer_discovery_backend = k8s",
    `cluster_formation.target_cluster_size_hint = ${replicas.min}`,
    // Whoever is cut off from the majority stops, so that nothing is accepted twice.
    "cluster_partition_handling = pause_minority",
    "queue_leader_locator = balanced",
  ];
  return [
    "log.console = true",
    "default_queue_type = quorum",
    `disk_free_limit.absolute = ${leastFree}`,
    ...(isClustered(workload) ? clustered : []),
    "",
  ];
}

/** The pod of a workload as one of a broker's. @param checksum of its settings: other settings are another pod */
export function brokerPod(pod: PodTemplate, scope: Scope, workload: Workload, checksum: string): PodTemplate {
  const { name } = workload;
  const { startupProbe: _, ...container } = pod.spec.containers[0] as Container;
  const volumes = [...(pod.spec.volumes ?? []), { name: "settings", configMap: { name: nodesName(name) } }];
  const settled: Container = {
    ...container,
    env: [
      ...(container.env ?? []),
      { name: "HOME", value: templates.broker.dataDirectory! },
      { name: "RABBITMQ_CONFIG_FILE", value: `${settingsDirectory}/rabbitmq.conf` },
      { name: "RABBITMQ_ENABLED_PLUGINS_FILE", value: `${settingsDirectory}/enabled_plugins` },
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      // Its data lie below its name, so one pod alone has it too: it may become a cluster later.
      { name: "RABBITMQ_USE_LONGNAME", value: "true" },
      { name: "RABBITMQ_NODENAME", value: `rabbit@$(POD_NAME).${nodesName(name)}.${scope.namespace}` },
    ],
    ...probes(portOf(workload)!),
    volumeMounts: [
      ...(container.volumeMounts ?? []),
      { name: "settings", mountPath: settingsDirectory, readOnly: true },
    ],
  };
  const annotations = { ...pod.metadata?.annotations, "pdc/settings-sha256": checksum };
  const metadata = { ...pod.metadata, annotations };
  if (!isClustered(workload)) return { metadata, spec: { ...pod.spec, containers: [settled], volumes } };
  const cookie = { name: "cluster", secret: { secretName: clusterSecretName(name), defaultMode: 0o440 } };
  return {
    metadata,
    spec: {
      ...pod.spec,
      terminationGracePeriodSeconds: graceSeconds,
      initContainers: [cookieContainer(container)],
      containers: [
        {
          ...settled,
          ports: [
            ...(container.ports ?? []),
            ...peerPorts.map(([portName, containerPort]) => ({ name: portName, containerPort })),
          ],
          lifecycle: { preStop: { exec: { command: ["sh", "-c", leave] } } },
        },
      ],
      volumes: [...volumes, cookie],
    },
  };
}

/** Erlang takes a cookie only from a file that nobody but its user may read, which no volume of a Secret has. */
function cookieContainer({ image, imagePullPolicy, securityContext }: Container): Container {
  const file = `${templates.broker.dataDirectory}/.erlang.cookie`;
  return {
    name: "cookie",
    image,
    imagePullPolicy,
    command: ["sh", "-c", `rm -f ${file} && cp ${cookieDirectory}/cookie ${file} && chmod 0400 ${file}`],
    resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: "64Mi" } },
    securityContext,
    volumeMounts: [
      { name: "data", mountPath: templates.broker.dataDirectory! },
      { name: "cluster", mountPath: cookieDirectory, readOnly: true },
    ],
  } as Container;
}

/** A queue keeps its majority while this pod is away; then its leaders and clients go elsewhere. */
const leave = `rabbitmq-upgrade await_online_quorum_plus_one -t ${quorumSeconds}; rabbitmq-upgrade drain -t ${drainSeconds}`;

/**
 * A pod that joins, or waits for the others after all were away, is alive, though its port is closed for minutes:
 * `ping` asks whether Erlang runs. Ready is whose port is open; a pod in the minority closes it.
 */
const probes = (port: number) => ({
  readinessProbe: {
    tcpSocket: { port },
    initialDelaySeconds: 10,
    periodSeconds: 10,
    timeoutSeconds: 3,
    failureThreshold: 3,
  },
  livenessProbe: {
    exec: { command: ["rabbitmq-diagnostics", "--quiet", "ping"] },
    initialDelaySeconds: 60,
    periodSeconds: 60,
    timeoutSeconds: 20,
    failureThreshold: 3,
  },
});
