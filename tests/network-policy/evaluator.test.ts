/** The evaluator against the documentation of NetworkPolicies: one test per sentence that decides something. */
import { describe, expect, test } from "vitest";
import {
  type Cluster,
  type Endpoint,
  isInBlock,
  matchesSelector,
  type NetworkPolicy,
  type Pod,
  type Protocol,
  policyTypes,
  verdictOf,
} from "./evaluator.ts";

const pod = (namespace: string, role: string, more: Partial<Pod> = {}): Pod => ({
  name: `${role}-0`,
  namespace,
  labels: { role },
  ...more,
});
const db = pod("default", "db", {
  addresses: ["10.0.0.5"],
  ports: [{ name: "sql", port: 6379 }],
  node: "n1",
});
const frontend = pod("default", "frontend", { addresses: ["10.0.0.6"] });
const stranger = pod("default", "stranger", { addresses: ["10.0.0.7"] });
const other = pod("myproject", "client", { addresses: ["10.0.1.5"] });
const outside: Endpoint = { address: "172.17.2.9" };
const namespaces = new Map<string, Record<string, string>>([
  ["default", {}],
  ["myproject", { project: "myproject" }],
  ["elsewhere", { project: "other" }],
]);

function policy(spec: NetworkPolicy["spec"], namespace = "default"): NetworkPolicy {
  return { metadata: { name: "p", namespace }, spec };
}
function may(
  policies: NetworkPolicy[],
  from: Endpoint,
  to: Endpoint,
  port = 6379,
  protocol: Protocol = "TCP",
) {
  const cluster: Cluster = { namespaces, policies };
  return verdictOf(cluster, from, to, port, protocol).isAllowed;
}
const ofDb = { matchLabels: { role: "db" } };

describe("isolation", () => {
  test("without policies every connection is allowed", () => {
    expect(may([], stranger, db)).toBe(true);
    expect(may([], db, outside)).toBe(true);
  });

  test("a selected pod is closed in the policy's direction only, and pods that are not selected stay open", () => {
    const deny = policy({ podSelector: ofDb, policyTypes: ["Ingress"] });
    expect(may([deny], stranger, db)).toBe(false);
    expect(may([deny], outside, db)).toBe(false);
    expect(may([deny], db, stranger)).toBe(true);
    expect(may([deny], db, frontend)).toBe(true);
    expect(may([deny], stranger, frontend)).toBe(true);
  });

  test("an empty podSelector selects every pod of its own namespace and of no other", () => {
    const deny = policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    expect(may([deny], frontend, stranger)).toBe(false);
    expect(may([deny], other, db)).toBe(false);
    expect(may([deny], other, pod("elsewhere", "x"))).toBe(true);
  });

  test("policies add up: what one allows no other takes away", () => {
    const deny = policy({ podSelector: {}, policyTypes: ["Ingress"] });
    const allow = policy({ podSelector: ofDb, policyTypes: ["Ingress"], ingress: [{}] });
    expect(may([deny, allow], stranger, db)).toBe(true);
    expect(may([allow, deny], stranger, frontend)).toBe(false);
  });

  test("egress of the source and ingress of the destination must both allow", () => {
    const inbound = policy({
      podSelector: ofDb,
      ingress: [{ from: [{ podSelector: { matchLabels: { role: "frontend" } } }] }],
    });
    const outbound = policy({ podSelector: { matchLabels: { role: "frontend" } }, policyTypes: ["Egress"] });
    expect(may([inbound], frontend, db)).toBe(true);
    expect(may([inbound, outbound], frontend, db)).toBe(false);
    const cluster = { namespaces, policies: [inbound, outbound] };
    expect(verdictOf(cluster, frontend, db, 6379, "TCP").refusedBy).toBe("egress");
    expect(verdictOf(cluster, stranger, db, 6379, "TCP").refusedBy).toBe("ingress");
  });
});

describe("policyTypes", () => {
  test("absent: ingress always, egress where there are egress rules", () => {
    expect([...policyTypes(policy({ podSelector: {} }))]).toEqual(["Ingress"]);
    expect([...policyTypes(policy({ podSelector: {}, egress: [{}] }))]).toEqual(["Ingress", "Egress"]);
    expect([...policyTypes(policy({ podSelector: {}, egress: [] }))]).toEqual(["Ingress"]);
  });

  test("absent with egress rules alone, ingress is closed", () => {
    const egressOnly = policy({ podSelector: ofDb, egress: [{}] });
    expect(may([egressOnly], stranger, db)).toBe(false);
    expect(may([egressOnly], db, outside)).toBe(true);
  });

  test("named: rules of the other direction mean nothing", () => {
    const egress = policy({
      podSelector: ofDb,
      policyTypes: ["Egress"],
      ingress: [{ from: [{ podSelector: {} }] }],
    });
    expect(may([egress], outside, db)).toBe(true);
    expect(may([egress], db, outside)).toBe(false);
    const both = policy({ podSelector: ofDb, policyTypes: ["Ingress"], egress: [{}], ingress: [] });
    expect(may([both], db, outside)).toBe(true);
    expect(may([both], frontend, db)).toBe(false);
  });
});

describe("rules", () => {
  test.each([
    ["no rules", []],
    ["null", null],
    ["absent", undefined],
  ])("%s allow nothing", (_what, ingress) => {
    expect(
      may(
        [policy({ podSelector: ofDb, policyTypes: ["Ingress"], ...(ingress !== undefined && { ingress }) })],
        frontend,
        db,
      ),
    ).toBe(false);
  });

  test("an empty rule allows everything; so do peers or ports that are absent or empty, each for its part", () => {
    expect(may([policy({ podSelector: ofDb, ingress: [{}] })], outside, db, 1)).toBe(true);
    expect(
      may([policy({ podSelector: ofDb, ingress: [{ from: [], ports: [] }] })], outside, db, 1, "SCTP"),
    ).toBe(true);
    const port = policy({ podSelector: ofDb, ingress: [{ ports: [{ port: 6379 }] }] });
    expect([may([port], outside, db), may([port], outside, db, 6380)]).toEqual([true, false]);
    const peer = policy({
      podSelector: ofDb,
      ingress: [{ from: [{ podSelector: { matchLabels: { role: "frontend" } } }] }],
    });
    expect([may([peer], frontend, db, 9), may([peer], stranger, db, 9)]).toEqual([true, false]);
  });

  test("peers of one rule share its ports; ports of one rule do not reach another", () => {
    const two = policy({
      podSelector: ofDb,
      ingress: [
        { from: [{ podSelector: { matchLabels: { role: "frontend" } } }], ports: [{ port: 1 }] },
        { from: [{ podSelector: { matchLabels: { role: "stranger" } } }], ports: [{ port: 2 }] },
      ],
    });
    expect([1, 2].map((port) => may([two], frontend, db, port))).toEqual([true, false]);
    expect([1, 2].map((port) => may([two], stranger, db, port))).toEqual([false, true]);
  });
});

describe("peers", () => {
  const from = (...peers: object[]) => [policy({ podSelector: ofDb, ingress: [{ from: peers }] })];

  test("podSelector alone: pods of the policy's namespace", () => {
    const rule = from({ podSelector: { matchLabels: { role: "client" } } });
    expect(may(rule, pod("default", "client"), db)).toBe(true);
    expect(may(rule, other, db)).toBe(false);
    expect(may(from({ podSelector: {} }), stranger, db)).toBe(true);
    expect(may(from({ podSelector: {} }), outside, db)).toBe(false);
  });

  test("namespaceSelector alone: all pods of such namespaces, and {} of all", () => {
    const rule = from({ namespaceSelector: { matchLabels: { project: "myproject" } } });
    expect(may(rule, other, db)).toBe(true);
    expect(may(rule, frontend, db)).toBe(false);
    const all = from({ namespaceSelector: {} });
    expect([may(all, other, db), may(all, frontend, db), may(all, outside, db)]).toEqual([true, true, false]);
  });

  test("both in one peer: such pods in such namespaces; in two peers: either", () => {
    const client = { podSelector: { matchLabels: { role: "client" } } };
    const project = { namespaceSelector: { matchLabels: { project: "myproject" } } };
    const both = from({ ...client, ...project });
    expect(may(both, other, db)).toBe(true);
    expect(may(both, pod("myproject", "stranger"), db)).toBe(false);
    expect(may(both, pod("default", "client"), db)).toBe(false);
    const either = from(client, project);
    expect(may(either, pod("myproject", "stranger"), db)).toBe(true);
    expect(may(either, pod("default", "client"), db)).toBe(true);
    expect(may(either, pod("elsewhere", "client"), db)).toBe(false);
  });

  test("a namespace is known by its name through the label the API server gives it", () => {
    const rule = from({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "myproject" } } });
    expect([may(rule, other, db), may(rule, pod("elsewhere", "client"), db)]).toEqual([true, false]);
  });

  test("ipBlock: the addresses of its prefix without the excepted ones", () => {
    const rule = from({ ipBlock: { cidr: "172.17.0.0/16", except: ["172.17.1.0/24"] } });
    expect(may(rule, outside, db)).toBe(true);
    expect(may(rule, { address: "172.17.1.9" }, db)).toBe(false);
    expect(may(rule, { address: "172.18.0.1" }, db)).toBe(false);
    expect(isInBlock("2001:db8:1::5", { cidr: "2001:db8::/32", except: ["2001:db8:2::/48"] })).toBe(true);
    expect(isInBlock("2001:db8:2::5", { cidr: "2001:db8::/32", except: ["2001:db8:2::/48"] })).toBe(false);
    expect(isInBlock("10.0.0.1", { cidr: "::/0" })).toBe(false);
    expect(isInBlock("2001:db8::1", { cidr: "0.0.0.0/0" })).toBe(false);
    expect(may(from({ ipBlock: { cidr: "10.0.0.6/32" } }), frontend, db)).toBe(true);
  });

  test("what the API refuses is not guessed at", () => {
    expect(() => may(from({}), frontend, db)).toThrow("select");
    expect(() => may(from({ ipBlock: { cidr: "10.0.0.0/8" }, podSelector: {} }), frontend, db)).toThrow(
      "alone",
    );
  });
});

describe("ports", () => {
  const open = (...ports: object[]) => [policy({ podSelector: ofDb, ingress: [{ ports: ports as [] }] })];

  test("the protocol is TCP unless it says otherwise", () => {
    expect(may(open({ port: 53 }), frontend, db, 53)).toBe(true);
    expect(may(open({ port: 53 }), frontend, db, 53, "UDP")).toBe(false);
    expect(may(open({ port: 53, protocol: "UDP" }), frontend, db, 53, "UDP")).toBe(true);
    expect(may(open({ port: 7777, protocol: "SCTP" }), frontend, db, 7777, "SCTP")).toBe(true);
    expect(may(open({ port: 7777, protocol: "SCTP" }), frontend, db, 7777)).toBe(false);
  });

  test("no number: all ports of the protocol", () => {
    expect(may(open({ protocol: "UDP" }), frontend, db, 40_000, "UDP")).toBe(true);
    expect(may(open({ protocol: "UDP" }), frontend, db, 40_000)).toBe(false);
    expect(may(open({}), frontend, db, 1)).toBe(true);
  });

  test("endPort: from port to endPort, both included", () => {
    const range = open({ port: 32_000, endPort: 32_768 });
    expect([31_999, 32_000, 32_768, 32_769].map((port) => may(range, frontend, db, port))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test("a name is a port of the pod that is called", () => {
    expect(may(open({ port: "sql" }), frontend, db)).toBe(true);
    expect(may(open({ port: "sql" }), frontend, db, 6380)).toBe(false);
    expect(may(open({ port: "sql", protocol: "UDP" }), frontend, db, 6379, "UDP")).toBe(false);
    const egress = policy({
      podSelector: { matchLabels: { role: "frontend" } },
      policyTypes: ["Egress"],
      egress: [{ ports: [{ port: "sql" }] }],
    });
    expect([
      may([egress], frontend, db),
      may([egress], frontend, stranger),
      may([egress], frontend, outside),
    ]).toEqual([true, false, false]);
  });
});

describe("selectors", () => {
  test.each([
    [{ matchLabels: { a: "1", b: "2" } }, { a: "1" }, false],
    [{ matchLabels: { a: "1" } }, { a: "1", b: "2" }, true],
    [{ matchExpressions: [{ key: "a", operator: "In", values: ["1", "2"] }] }, { a: "2" }, true],
    [{ matchExpressions: [{ key: "a", operator: "In", values: ["1"] }] }, {}, false],
    [{ matchExpressions: [{ key: "a", operator: "NotIn", values: ["1"] }] }, {}, true],
    [{ matchExpressions: [{ key: "a", operator: "NotIn", values: ["1"] }] }, { a: "1" }, false],
    [{ matchExpressions: [{ key: "a", operator: "Exists" }] }, { a: "" }, true],
    [{ matchExpressions: [{ key: "a", operator: "Exists" }] }, { b: "1" }, false],
    [{ matchExpressions: [{ key: "a", operator: "DoesNotExist" }] }, { b: "1" }, true],
    [{ matchLabels: { b: "1" }, matchExpressions: [{ key: "a", operator: "Exists" }] }, { b: "1" }, false],
    [{}, { anything: "x" }, true],
  ])("%j on %j: %s", (selector, labels, expected) => {
    expect(matchesSelector(selector, labels as Record<string, string>)).toBe(expected);
  });

  test("an operator that is none is not guessed at", () => {
    expect(() => matchesSelector({ matchExpressions: [{ key: "a", operator: "Gt" }] }, { a: "1" })).toThrow(
      "Gt",
    );
  });
});

describe("nodes and pods on their network", () => {
  const deny = [policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] })];

  test("a pod always reaches itself, and its node reaches it and is reached", () => {
    expect(may(deny, db, db)).toBe(true);
    expect(may(deny, { address: "192.0.2.1", node: "n1" }, db)).toBe(true);
    expect(may(deny, db, { address: "192.0.2.1", node: "n1" })).toBe(true);
    expect(may(deny, { address: "192.0.2.2", node: "n2" }, db)).toBe(false);
  });

  test("a pod on the network of its node is not selected, and is no pod to others", () => {
    const host = pod("default", "frontend", { hostNetwork: true, addresses: ["192.0.2.2"] });
    expect(may(deny, host, outside)).toBe(true);
    expect(may(deny, host, db)).toBe(false);
    const byLabel = policy({
      podSelector: ofDb,
      ingress: [{ from: [{ podSelector: { matchLabels: { role: "frontend" } } }] }],
    });
    expect(may([byLabel], host, db)).toBe(false);
    const byAddress = policy({
      podSelector: ofDb,
      ingress: [{ from: [{ ipBlock: { cidr: "192.0.2.2/32" } }] }],
    });
    expect(may([byAddress], host, db)).toBe(true);
  });
});
