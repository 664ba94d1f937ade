/** What the templates of workloads differ in. One more template is one more row. */
import type { Workload } from "../../src/inventory/platform-model.ts";

export interface Template {
  kind: "Deployment" | "StatefulSet";
  /** Port of its service; undefined: it has none. */
  port(isTls: boolean): number | undefined;
  portName(isTls: boolean): string;
  /** Further ports that its own pods reach each other on. */
  peerPorts: readonly number[];
  /** Where it keeps files: a claim of each pod (StatefulSet), or scratch space. */
  dataDirectory?: string;
  /** How long a start may take. */
  startupSeconds: number;
}

const http = {
  port: (isTls: boolean) => (isTls ? 8443 : 8080),
  portName: (isTls: boolean) => (isTls ? "https" : "http"),
};

export const templates: Readonly<Record<Workload["template"], Template>> = {
  web: { kind: "Deployment", ...http, peerPorts: [], startupSeconds: 60 },
  api: { kind: "Deployment", ...http, peerPorts: [], startupSeconds: 60 },
  worker: {
    kind: "Deployment",
    port: () => undefined,
    portName: () => "metrics",
    peerPorts: [],
    startupSeconds: 60,
  },
  // A map server reads its catalogue and warms its tiles.
  gis: { kind: "Deployment", ...http, peerPorts: [], dataDirectory: "/var/cache/tiles", startupSeconds: 300 },
  // AMQP; 4369 and 25672 are where nodes of a RabbitMQ cluster find and speak to each other (broker.ts).
  broker: {
    kind: "StatefulSet",
    port: (isTls) => (isTls ? 5671 : 5672),
    portName: (isTls) => (isTls ? "amqps" : "amqp"),
    peerPorts: [4369, 25672],
    dataDirectory: "/var/lib/rabbitmq",
    startupSeconds: 180,
  },
};

/** Where metrics are when the workload has no port that serves them. */
const ownMetricsPort = 9090;

export function portOf(workload: Workload): number | undefined {
  const usual = templates[workload.template].port(workload.isTls);
  return usual === undefined ? undefined : (workload.port ?? usual);
}

export function metricsPortOf(workload: Workload): number | undefined {
  if (workload.metricsPath === undefined) return undefined;
  return workload.metricsPort ?? portOf(workload) ?? ownMetricsPort;
}
