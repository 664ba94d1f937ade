/**
 * May this connection be made? An evaluator of networking.k8s.io/v1 NetworkPolicies, written from that API's
 * documentation and from nothing of the code that writes policies. It answers for new connections of TCP, UDP and
 * SCTP; answers to them are allowed with them. Where the documentation leaves a case to the network plugin
 * (hostNetwork pods, rewritten addresses), it follows what the documentation calls the most common case.
 */
import { BlockList, isIP } from "node:net";

export type Protocol = "TCP" | "UDP" | "SCTP";
export type LabelMap = Readonly<Record<string, string>>;

export interface LabelSelector {
  matchLabels?: LabelMap;
  matchExpressions?: { key: string; operator: string; values?: readonly string[] }[];
}

export interface PolicyPeer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: readonly string[] };
}

export interface PolicyPort {
  protocol?: Protocol;
  port?: number | string;
  endPort?: number;
}

export interface NetworkPolicy {
  metadata: { name: string; namespace?: string };
  spec: {
    podSelector?: LabelSelector;
    policyTypes?: readonly string[];
    ingress?: readonly { from?: readonly PolicyPeer[]; ports?: readonly PolicyPort[] }[] | null;
    egress?: readonly { to?: readonly PolicyPeer[]; ports?: readonly PolicyPort[] }[] | null;
  };
}

/** A pod, as policies see it. */
export interface Pod {
  name: string;
  namespace: string;
  labels: LabelMap;
  /** Addresses, for ipBlocks that hold them. */
  addresses?: readonly string[];
  /** Named ports of its containers. */
  ports?: readonly { name: string; port: number; protocol?: Protocol }[];
  hostNetwork?: boolean;
  /** Node it runs on. */
  node?: string;
}

/** A node, or a host outside the cluster. */
export interface Host {
  address: string;
  node?: string;
}

export type Endpoint = Pod | Host;

export interface Cluster {
  /** Namespace → its labels. The API server adds kubernetes.io/metadata.name to each. */
  namespaces: ReadonlyMap<string, LabelMap>;
  policies: readonly NetworkPolicy[];
}

export interface Verdict {
  isAllowed: boolean;
  /** "ingress" or "egress": the side that refuses. */
  refusedBy?: "ingress" | "egress";
}

/** Both sides must allow: egress of who calls, ingress of who is called. */
export function verdictOf(
  cluster: Cluster,
  from: Endpoint,
  to: Endpoint,
  port: number,
  protocol: Protocol,
): Verdict {
  // A pod cannot block access to itself, nor its node access to it.
  if (from === to || isOwnNode(from, to) || isOwnNode(to, from)) return { isAllowed: true };
  if (!sideAllows(cluster, "egress", from, to, to, port, protocol))
    return { isAllowed: false, refusedBy: "egress" };
  if (!sideAllows(cluster, "ingress", to, from, to, port, protocol))
    return { isAllowed: false, refusedBy: "ingress" };
  return { isAllowed: true };
}

/** One direction: what applies to `subject` about its `peer`. Ports are always the destination's. */
function sideAllows(
  cluster: Cluster,
  direction: "ingress" | "egress",
  subject: Endpoint,
  peer: Endpoint,
  destination: Endpoint,
  port: number,
  protocol: Protocol,
): boolean {
  // Policies do not reach hosts, nor pods on the network of their node.
  if (!isPod(subject) || subject.hostNetwork) return true;
  const applying = cluster.policies.filter(
    (policy) =>
      selectsPod(policy, subject) && policyTypes(policy).has(direction === "ingress" ? "Ingress" : "Egress"),
  );
  // Nobody speaks of this direction: it is open.
  if (applying.length === 0) return true;
  return applying.some((policy) => {
    const namespace = namespaceOf(policy);
    const rules =
      direction === "ingress"
        ? (policy.spec.ingress ?? []).map((rule) => ({ peers: rule.from, ports: rule.ports }))
        : (policy.spec.egress ?? []).map((rule) => ({ peers: rule.to, ports: rule.ports }));
    return rules.some(
      ({ peers, ports }) =>
        matchesPeers(cluster, namespace, peers, peer) && matchesPorts(ports, destination, port, protocol),
    );
  });
}

/**
 * Absent: Ingress, and Egress too when there are egress rules. A policy with types named is of those alone, whatever
 * rules it has.
 */
export function policyTypes({ spec }: NetworkPolicy): ReadonlySet<string> {
  if (spec.policyTypes && spec.policyTypes.length > 0) return new Set(spec.policyTypes);
  return new Set((spec.egress?.length ?? 0) > 0 ? ["Ingress", "Egress"] : ["Ingress"]);
}

function selectsPod(policy: NetworkPolicy, pod: Pod): boolean {
  return namespaceOf(policy) === pod.namespace && matchesSelector(policy.spec.podSelector ?? {}, pod.labels);
}

function namespaceOf({ metadata }: NetworkPolicy): string {
  return metadata.namespace ?? "default";
}

/** No peers, or none named: everybody. */
function matchesPeers(
  cluster: Cluster,
  namespace: string,
  peers: readonly PolicyPeer[] | undefined | null,
  endpoint: Endpoint,
): boolean {
  if (!peers || peers.length === 0) return true;
  return peers.some((peer) => matchesPeer(cluster, namespace, peer, endpoint));
}

function matchesPeer(
  cluster: Cluster,
  policyNamespace: string,
  { podSelector, namespaceSelector, ipBlock }: PolicyPeer,
  endpoint: Endpoint,
): boolean {
  if (ipBlock) {
    if (podSelector || namespaceSelector) throw new Error("ipBlock stands alone in a peer");
    return addressesOf(endpoint).some((address) => isInBlock(address, ipBlock));
  }
  if (!podSelector && !namespaceSelector) throw new Error("a peer must say what it selects");
  // Selectors are of pods; a pod on the network of its node is known by the node's address only.
  if (!isPod(endpoint) || endpoint.hostNetwork) return false;
  const isInNamespace = namespaceSelector
    ? matchesSelector(namespaceSelector, namespaceLabels(cluster, endpoint.namespace))
    : endpoint.namespace === policyNamespace;
  return isInNamespace && matchesSelector(podSelector ?? {}, endpoint.labels);
}

/** No ports, or none named: all. */
function matchesPorts(
  ports: readonly PolicyPort[] | undefined | null,
  destination: Endpoint,
  port: number,
  protocol: Protocol,
): boolean {
  if (!ports || ports.length === 0) return true;
  return ports.some((wanted) => {
    if ((wanted.protocol ?? "TCP") !== protocol) return false;
    if (wanted.port === undefined || wanted.port === null) return true;
    if (typeof wanted.port === "string") {
      if (wanted.endPort !== undefined) throw new Error("endPort wants a number as port");
      // A name is that of a port of the pod that is called; hosts have none.
      if (!isPod(destination)) return false;
      return (destination.ports ?? []).some(
        (one) => one.name === wanted.port && one.port === port && (one.protocol ?? "TCP") === protocol,
      );
    }
    return port >= wanted.port && port <= (wanted.endPort ?? wanted.port);
  });
}

/** An empty selector selects everything; all requirements must hold. */
export function matchesSelector({ matchLabels, matchExpressions }: LabelSelector, labels: LabelMap): boolean {
  const hasLabels = Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    hasLabels &&
    (matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          throw new Error(`no such operator: ${operator}`);
      }
    })
  );
}

export function isInBlock(
  address: string,
  { cidr, except = [] }: NonNullable<PolicyPeer["ipBlock"]>,
): boolean {
  return isInPrefix(address, cidr) && !except.some((inner) => isInPrefix(address, inner));
}

function isInPrefix(address: string, cidr: string): boolean {
  const [network = "", length = ""] = cidr.split("/");
  const family = isIP(network);
  if (family === 0 || isIP(address) !== family) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(length), family === 4 ? "ipv4" : "ipv6");
  return list.check(address, family === 4 ? "ipv4" : "ipv6");
}

function namespaceLabels(cluster: Cluster, namespace: string): LabelMap {
  return { ...cluster.namespaces.get(namespace), "kubernetes.io/metadata.name": namespace };
}

function addressesOf(endpoint: Endpoint): readonly string[] {
  return isPod(endpoint) ? (endpoint.addresses ?? []) : [endpoint.address];
}

function isPod(endpoint: Endpoint): endpoint is Pod {
  return "labels" in endpoint;
}

function isOwnNode(host: Endpoint, pod: Endpoint): boolean {
  return !isPod(host) && isPod(pod) && host.node !== undefined && host.node === pod.node;
}
