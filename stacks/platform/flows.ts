/** Who may call whom in an environment: every flow that is wanted, from the inventory. Nothing else is allowed. */
import type { Inventory } from "../../src/inventory/model.ts";
import type { Cluster, Environment, Exchange, ExchangeEnd } from "../../src/inventory/platform-model.ts";
import type { Labels } from "../../src/policy/objects.ts";
import { databasePort } from "./database.ts";
import { flowLabels, type HostedSystem, hostedSystems, namespaceOf } from "./scope.ts";
import { metricsPortOf, portOf, templates } from "./templates.ts";

/** Pods of a namespace, or addresses outside the cluster. */
export type Peer = { namespace: string; labels: Labels } | { addresses: readonly string[] };

export interface Flow {
  from: Peer;
  to: Peer;
  ports: readonly { port: number; protocol: "TCP" | "UDP" | "SCTP" }[];
}

/** Port of the status pages of a CloudNativePG instance, which its operator asks. */
const operatorStatusPort = 8000;
const operatorPods: Peer = {
  namespace: "cnpg-system",
  labels: { "app.kubernetes.io/name": "cloudnative-pg" },
};

/** All flows of an environment but name resolution, which every pod has. */
export function platformFlows(inventory: Inventory, environment: Environment): Flow[] {
  const cluster = inventory.clusters.get(environment.cluster)!;
  const systems = hostedSystems(inventory, environment);
  return [
    ...systems.flatMap((system) => insideFlows(system, environment, cluster)),
    ...[...inventory.exchanges.values()].flatMap((exchange) =>
      exchangeFlows(exchange, inventory, environment, systems),
    ),
  ];
}

function insideFlows({ id, platform }: HostedSystem, environment: Environment, cluster: Cluster): Flow[] {
  const namespace = namespaceOf(environment, id);
  const pods = (name: string): Peer => ({ namespace, labels: flowLabels(name) });
  const flows: Flow[] = [];
  const allow = (from: Peer, to: Peer, ...ports: (number | undefined)[]) => {
    const known = ports.filter((port) => port !== undefined);
    if (known.length > 0)
      flows.push({ from, to, ports: known.map((port) => ({ port, protocol: "TCP" as const })) });
  };
  const { ingress, monitoring, backup } = cluster.services;
  for (const workload of platform.workloads) {
    const here = pods(workload.name);
    for (const name of workload.calls) {
      const called = platform.workloads.find((one) => one.name === name);
      allow(here, pods(name), called ? portOf(called) : databasePort);
    }
    if (workload.host !== undefined) allow(ingress, here, portOf(workload));
    allow(monitoring, here, metricsPortOf(workload));
    const { peerPorts } = templates[workload.template];
    if (workload.replicas.min > 1 && environment.replicas !== "single") allow(here, here, ...peerPorts);
  }
  for (const { name } of platform.databases) {
    const here = pods(name);
    allow(backup, here, databasePort);
    if (!cluster.operators.includes("cloudnative-pg")) continue;
    allow(here, here, databasePort, operatorStatusPort);
    allow(operatorPods, here, operatorStatusPort, databasePort);
    if (cluster.apiServer) allow(here, { addresses: cluster.apiServer.addresses }, cluster.apiServer.port);
  }
  return flows;
}

/**
 * The flows of one row of the exchange map: consumer → gateway → provider, or straight where the row says so. A row
 * whose system the environment does not have gives none; neither does one with the nation's platforms where the
 * data is not real, so that training never reaches them.
 */
function exchangeFlows(
  { consumer, provider, route }: Exchange,
  inventory: Inventory,
  environment: Environment,
  systems: readonly HostedSystem[],
): Flow[] {
  const gatewaySystem = systems.find(({ platform }) => platform.gateway !== undefined);
  const gateway: ExchangeEnd | undefined = gatewaySystem && {
    system: gatewaySystem.id,
    workload: gatewaySystem.platform.gateway,
  };
  const isGateway = (end: ExchangeEnd) =>
    end.system === gateway?.system && end.workload === gateway?.workload;
  const hop = (from: ExchangeEnd, to: ExchangeEnd): Flow | undefined => {
    const fromPeer = peerOf(from, inventory, environment, systems);
    const toPeer = peerOf(to, inventory, environment, systems);
    const port = toPeer && portOfEnd(to, inventory, systems);
    return fromPeer && port && { from: fromPeer, to: toPeer, ports: [port] };
  };
  if (
    !peerOf(consumer, inventory, environment, systems) ||
    !peerOf(provider, inventory, environment, systems)
  )
    return [];
  const isStraight = route === "direct" || isGateway(consumer) || isGateway(provider);
  if (!isStraight && !gateway) return [];
  const hops = isStraight ? [hop(consumer, provider)] : [hop(consumer, gateway!), hop(gateway!, provider)];
  return hops.filter((flow) => flow !== undefined);
}

function peerOf(
  end: ExchangeEnd,
  inventory: Inventory,
  environment: Environment,
  systems: readonly HostedSystem[],
): Peer | undefined {
  if (end.endpoint !== undefined) {
    const endpoint = inventory.endpoints.get(end.endpoint);
    if (!endpoint || (endpoint.reach === "nation" && environment.data !== "real")) return undefined;
    return { addresses: endpoint.addresses };
  }
  const system = systems.find(({ id }) => id === end.system);
  if (!system?.platform.workloads.some(({ name }) => name === end.workload)) return undefined;
  return { namespace: namespaceOf(environment, system.id), labels: flowLabels(end.workload!) };
}

function portOfEnd(
  end: ExchangeEnd,
  inventory: Inventory,
  systems: readonly HostedSystem[],
): Flow["ports"][number] | undefined {
  if (end.endpoint !== undefined) {
    const { port, transport } = inventory.endpoints.get(end.endpoint)!;
    return { port, protocol: transport };
  }
  const workload = systems
    .find(({ id }) => id === end.system)
    ?.platform.workloads.find(({ name }) => name === end.workload);
  const port = workload && portOf(workload);
  return port === undefined ? undefined : { port, protocol: "TCP" };
}
