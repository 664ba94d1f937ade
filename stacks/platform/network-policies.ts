/** Flows as NetworkPolicies: a namespace denies everything, then each workload gets its own flows and no others. */
import type { InventoryPlace } from "../../src/inventory/place.ts";
import type { KubernetesObject, Labels, PlannedObject } from "../../src/policy/objects.ts";
import type { Flow, Peer } from "./flows.ts";
import { flowLabels, planned, type Scope } from "./scope.ts";

/** The label every namespace has with its own name; nobody but the API server sets it. */
const namespaceName = "kubernetes.io/metadata.name";

export function networkPolicies(scope: Scope, flows: readonly Flow[]): PlannedObject[] {
  const { platform } = scope;
  const places = [
    ...platform.workloads.map(({ name }, i) => ({ name, path: ["platform", "workloads", i] })),
    ...platform.databases.map(({ name }, i) => ({ name, path: ["platform", "databases", i] })),
  ];
  return [
    planned(scope, ["platform"], policy("default-deny", {}, { ingress: [], egress: [] })),
    planned(scope, ["platform"], policy("name-resolution", {}, { egress: [nameResolution(scope)] })),
    ...places.flatMap(({ name, path }) => workloadPolicy(scope, name, path, flows)),
  ];
}

function workloadPolicy(
  scope: Scope,
  name: string,
  path: InventoryPlace["path"],
  flows: readonly Flow[],
): PlannedObject[] {
  const isHere = (peer: Peer) =>
    "namespace" in peer && peer.namespace === scope.namespace && isSame(peer.labels, flowLabels(name));
  const ingress = merged(
    flows.filter(({ to }) => isHere(to)).map(({ from, ports }) => ({ peer: from, ports })),
  );
  const egress = merged(
    flows.filter(({ from }) => isHere(from)).map(({ to, ports }) => ({ peer: to, ports })),
  );
  if (ingress.length + egress.length === 0) return [];
  const rules = {
    ...(ingress.length > 0 && {
      ingress: ingress.map(({ peer, ports }) => ({ from: selectors(peer), ports })),
    }),
    ...(egress.length > 0 && { egress: egress.map(({ peer, ports }) => ({ to: selectors(peer), ports })) }),
  };
  return [planned(scope, path, policy(name, flowLabels(name), rules))];
}

interface Rule {
  peer: Peer;
  ports: Flow["ports"];
}

/** One rule a peer, with all its ports, in a fixed order. */
function merged(rules: readonly Rule[]): Rule[] {
  const byPeer = Map.groupBy(rules, ({ peer }) => JSON.stringify(peer));
  return [...byPeer.values()].map((same) => {
    const ports = new Map(
      same.flatMap(({ ports }) => ports.map((one) => [`${one.protocol}/${one.port}`, one])),
    );
    return {
      peer: same[0]!.peer,
      ports: [...ports.values()].sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1)),
    };
  });
}

function selectors(peer: Peer): object[] {
  if ("addresses" in peer) return peer.addresses.map((cidr) => ({ ipBlock: { cidr } }));
  return [podsOf(peer.namespace, peer.labels)];
}

/** Both selectors in one peer: pods with the labels in the namespace, not either. */
function podsOf(namespace: string, matchLabels: Labels): object {
  return { namespaceSelector: { matchLabels: { [namespaceName]: namespace } }, podSelector: { matchLabels } };
}

function nameResolution({ cluster }: Scope): object {
  const { namespace, labels } = cluster.services.dns;
  return {
    to: [podsOf(namespace, labels)],
    ports: [
      { port: 53, protocol: "UDP" },
      { port: 53, protocol: "TCP" },
    ],
  };
}

function policy(
  name: string,
  pods: Labels,
  rules: { ingress?: object[]; egress?: object[] },
): KubernetesObject {
  const policyTypes = [...(rules.ingress ? ["Ingress"] : []), ...(rules.egress ? ["Egress"] : [])];
  const isDeny = rules.ingress?.length === 0;
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name },
    spec: {
      podSelector: Object.keys(pods).length === 0 ? {} : { matchLabels: pods },
      policyTypes,
      ...(isDeny ? {} : rules),
    },
  };
}

function isSame(a: Labels, b: Labels): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
