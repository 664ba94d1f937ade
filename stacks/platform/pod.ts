/** The pod of a workload: one hardened container, spread over nodes, with probes and nothing it does not need. */
import { createHash } from "node:crypto";
import type { Registry, Workload } from "../../src/inventory/platform-model.ts";
import type { Container, Labels, PodTemplate } from "../../src/policy/objects.ts";
import { imageReference, labelsOfPods, podLabels, type Scope } from "./scope.ts";
import { metricsPortOf, portOf, templates } from "./templates.ts";

/** The user of pods whose image names none; above every user of a host. */
const userId = 10_001;
/** Secret with the certificate that ports speaking TLS show. */
export const certificateSecret = "center-tls";
export const certificateDirectory = "/etc/tls";

export function workloadPod(scope: Scope, workload: Workload): PodTemplate {
  const { name, config, metricsPath } = workload;
  const metricsPort = metricsPortOf(workload);
  return {
    metadata: {
      labels: {
        ...labelsOfPods(scope, name),
        "app.kubernetes.io/component": workload.template,
      },
      annotations: {
        ...(metricsPath &&
          scrapeAnnotations(metricsPath, metricsPort!, metricsPort === portOf(workload) && workload.isTls)),
        // Another configuration is another pod.
        ...(Object.keys(config).length > 0 && { "pdc/config-sha256": checksum(config) }),
        ...(workload.template === "broker" && { "backup.velero.io/backup-volumes": "data" }),
      },
    },
    spec: {
      ...confined(scope, name, userId),
      terminationGracePeriodSeconds: 60,
      topologySpreadConstraints: spread(name, templates[workload.template].kind),
      containers: [container(scope, workload)],
      volumes: volumes(workload),
    },
  };
}

/** Pods of one revision on different nodes, and on different zones where there are zones. */
export function spread(name: string, kind: "Deployment" | "StatefulSet"): unknown[] {
  const one = (topologyKey: string, whenUnsatisfiable: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    // Else a node that takes no pods (control plane, being drained) counts as an empty one, and every other node may
    // have but one pod.
    nodeTaintsPolicy: "Honor",
    labelSelector: { matchLabels: podLabels(name) },
    // The pods of a StatefulSet are replaced one by one in their places, and have no such label.
    ...(kind === "Deployment" && { matchLabelKeys: ["pod-template-hash"] }),
  });
  return [
    one("kubernetes.io/hostname", "DoNotSchedule"),
    one("topology.kubernetes.io/zone", "ScheduleAnyway"),
  ];
}

/** The logins of all registries that want one; a kubelet takes the one for the host it asks. */
export function pullSecrets({ inventory }: Scope) {
  const names = [...inventory.registries.values()].filter(({ credential }) => credential).map(pullSecretName);
  return names.length > 0 ? { imagePullSecrets: names.map((name) => ({ name })) } : {};
}

export function pullSecretName({ id }: Registry): string {
  return `registry-${id}`;
}

/** What every pod here is: under an account and a user of its own, without a token and without rights of root. */
export function confined(scope: Scope, serviceAccountName: string, runAsUser: number) {
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...pullSecrets(scope),
    securityContext: {
      runAsNonRoot: true,
      runAsUser,
      // Without it a user that the image does not know is in the group of root.
      runAsGroup: runAsUser,
      fsGroup: runAsUser,
      // Not every file of a large volume at each start.
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

/** The security of every container here: no root, no more rights, no write to its image. */
export const hardened = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
} as const;

export function scrapeAnnotations(path: string, port: number, isTls: boolean): Labels {
  return {
    "prometheus.io/scrape": "true",
    "prometheus.io/scheme": isTls ? "https" : "http",
    "prometheus.io/port": String(port),
    "prometheus.io/path": path,
  };
}

function container({ inventory }: Scope, workload: Workload): Container {
  const { name, template, cpu, memory, cpuLimit, command, args, config, secrets } = workload;
  const port = portOf(workload);
  const metricsPort = metricsPortOf(workload);
  return {
    name,
    image: imageReference(inventory, workload.image),
    imagePullPolicy: "IfNotPresent",
    ...(command && { command }),
    ...(args && { args }),
    ports: [
      ...(port ? [{ name: templates[template].portName(workload.isTls), containerPort: port }] : []),
      ...(metricsPort && metricsPort !== port ? [{ name: "metrics", containerPort: metricsPort }] : []),
    ],
    ...(Object.keys(config).length > 0 && { envFrom: [{ configMapRef: { name } }] }),
    ...(secrets.length > 0 && {
      env: secrets.map((secret) => ({
        name: secret.name,
        valueFrom: { secretKeyRef: { name, key: secret.name } },
      })),
    }),
    resources: {
      requests: { cpu, memory },
      // Memory beyond its request would be taken from a neighbour; processor time is shared out by requests.
      limits: { ...(cpuLimit && { cpu: cpuLimit }), memory },
    },
    ...probes(workload),
    lifecycle: { preStop: { sleep: { seconds: 5 } } },
    securityContext: { ...hardened, capabilities: { drop: [...hardened.capabilities.drop] } },
    volumeMounts: mounts(workload),
  };
}

/** Ready: it answers. Alive: its port is open (a slow answer must not kill it). Startup: the template's patience. */
function probes(workload: Workload) {
  const port = portOf(workload) ?? metricsPortOf(workload);
  if (port === undefined) return {};
  const path = workload.readinessPath ?? (portOf(workload) === undefined ? workload.metricsPath : undefined);
  const scheme = workload.isTls && port === portOf(workload) ? "HTTPS" : "HTTP";
  const answers = path === undefined ? { tcpSocket: { port } } : { httpGet: { path, port, scheme } };
  const { startupSeconds } = templates[workload.template];
  return {
    startupProbe: { tcpSocket: { port }, periodSeconds: 5, failureThreshold: Math.ceil(startupSeconds / 5) },
    readinessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3 },
    livenessProbe: { tcpSocket: { port }, periodSeconds: 20, timeoutSeconds: 3, failureThreshold: 6 },
  };
}

function mounts({ template, writable, isTls }: Workload) {
  return [
    ...writable.map((mountPath, i) => ({ name: `writable-${i}`, mountPath })),
    ...(templates[template].dataDirectory
      ? [{ name: "data", mountPath: templates[template].dataDirectory }]
      : []),
    ...(isTls ? [{ name: "tls", mountPath: certificateDirectory, readOnly: true }] : []),
  ];
}

function volumes({ template, writable, isTls, storage }: Workload) {
  const isOwnClaim = templates[template].kind === "StatefulSet";
  return [
    ...writable.map((_, i) => ({ name: `writable-${i}`, emptyDir: { sizeLimit: "1Gi" } })),
    ...(templates[template].dataDirectory && !isOwnClaim
      ? [{ name: "data", emptyDir: { sizeLimit: storage ?? "10Gi" } }]
      : []),
    ...(isTls ? [{ name: "tls", secret: { secretName: certificateSecret, defaultMode: 0o440 } }] : []),
  ];
}

export function checksum(config: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}
