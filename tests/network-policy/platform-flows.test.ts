/**
 * The rendered manifests of all environments on one cluster, and every pair of pods in both directions: what the
 * inventory asks for is allowed, and nothing else is. Only the YAML is read.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderStack } from "../../src/actions/stack/render.ts";
import {
  type Cluster,
  type Endpoint,
  type NetworkPolicy,
  type Pod,
  type Protocol,
  verdictOf,
} from "./evaluator.ts";
import { type EndpointRow, expectedFlows, rows, type SystemRow } from "./expected-flows.ts";
import { type Manifests, readManifests } from "./read-manifests.ts";

const inventory = resolve(import.meta.dirname, "../../inventory/quang-binh");
const directory = mkdtempSync(join(tmpdir(), "pdc-flows-"));
const environments = ["production", "training", "staging"];
let manifests: Manifests;
let cluster: Cluster;
/** Name in an expected flow → who it is. */
let outsiders: Map<string, Endpoint>;
const hostile: Endpoint = { address: "198.51.100.7" };

const service = (namespace: string, labels: Record<string, string>): Pod => ({
  name: namespace,
  namespace,
  labels,
});

beforeAll(async () => {
  for (const environment of environments)
    await renderStack({
      name: "platform",
      environment,
      inventoryDirectory: inventory,
      directory: join(directory, environment),
    });
  manifests = readManifests(...environments.map((environment) => join(directory, environment)));
  for (const name of ["kube-system", "ingress", "monitoring", "backup", "default"])
    manifests.namespaces.set(name, {});
  cluster = manifests;
  outsiders = new Map<string, Endpoint>([
    ["dns", service("kube-system", { "k8s-app": "kube-dns" })],
    ["ingress", service("ingress", { "app.kubernetes.io/component": "controller" })],
    ["monitoring", service("monitoring", { "app.kubernetes.io/name": "prometheus" })],
    ["backup", service("backup", { "app.kubernetes.io/name": "backup-agent" })],
    ["neighbour", service("default", { "app.kubernetes.io/name": "gateway", "pdc/workload": "gateway" })],
    // Pods that only look like those of a service of the cluster.
    ["false ingress", service("default", { "app.kubernetes.io/component": "controller" })],
    ["other in monitoring", service("monitoring", { "app.kubernetes.io/name": "grafana" })],
    ["other in kube-system", service("kube-system", { "k8s-app": "metrics" })],
    ["internet", hostile],
  ]);
  for (const { id, addresses } of rows<EndpointRow>(inventory, "endpoints"))
    outsiders.set(id, { address: addresses[0]!.split("/")[0]! });
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const nameOf = (pod: Pod) => `${pod.namespace}/${pod.labels["pdc/workload"]}`;
const isOpen = (from: Endpoint, to: Endpoint, port: number, protocol: Protocol = "TCP") =>
  verdictOf(cluster, from, to, port, protocol).isAllowed;

/** Every port anybody serves, and some that nobody does. */
function portsToTry(expected: ReadonlySet<string>): number[] {
  const asked = [...expected].map((flow) => Number(flow.slice(flow.lastIndexOf(":") + 1)));
  return [...new Set([...asked, 22, 80, 443, 4369, 5671, 5672, 8000, 8080, 8443, 9090, 25672, 31_000])];
}

/** What differs between the manifests and the flows asked for, over all pairs of the named ends. */
function differences(
  from: ReadonlyMap<string, Endpoint[]>,
  to: ReadonlyMap<string, Endpoint[]>,
  expected: ReadonlySet<string>,
): string[] {
  const found: string[] = [];
  for (const [source, sources] of from) {
    for (const [target, targets] of to) {
      for (const port of portsToTry(expected)) {
        const flow = `${source}>${target}:${port}`;
        for (const one of sources)
          for (const other of targets) {
            if (isOpen(one, other, port) !== expected.has(flow))
              found.push(`${flow} should be ${expected.has(flow) ? "open" : "closed"}`);
            if (isOpen(one, other, port, "UDP") || isOpen(one, other, port, "SCTP"))
              found.push(`${flow} over UDP or SCTP`);
          }
      }
    }
  }
  return found;
}

/** Pods of every environment by name; `copy` makes others with the same labels, since a pod always reaches itself. */
function podsByName(copy: boolean): Map<string, Endpoint[]> {
  const named = Map.groupBy(manifests.pods, nameOf);
  return new Map([...named].map(([name, pods]) => [name, copy ? pods.map((pod) => ({ ...pod })) : pods]));
}

function allExpected(): Set<string> {
  const of = (environment: string, options: Parameters<typeof expectedFlows>[2]) =>
    expectedFlows(inventory, environment, options);
  return new Set([
    ...of("production", { isReal: true, isSingle: false }),
    ...of("training", { isReal: false, isSingle: true }),
    ...of("staging", { isReal: false, isSingle: false, excludes: ["ioc"] }),
  ]);
}

describe("network policies of the platform", () => {
  test("there is something to prove: pods of eight systems in three environments, hundreds of flows", () => {
    expect(manifests.pods.length).toBeGreaterThan(85);
    expect(new Set(manifests.pods.map(({ namespace }) => namespace)).size).toBe(23);
    expect(allExpected().size).toBeGreaterThan(200);
  });

  test("between pods of the platform: exactly the flows of the inventory, over every pair and both ways", () => {
    expect(differences(podsByName(false), podsByName(true), allExpected())).toEqual([]);
  }, 120_000);

  test("in from services of the cluster and from outside: exactly those", () => {
    const sources = new Map([...outsiders].map(([name, one]) => [name, [one]]));
    expect(differences(sources, podsByName(false), allExpected())).toEqual([]);
  }, 60_000);

  test("out to endpoints and anywhere else: exactly those", () => {
    const targets = new Map(
      [...outsiders].filter(([name]) => name !== "dns").map(([name, one]) => [name, [one]]),
    );
    expect(differences(podsByName(false), targets, allExpected())).toEqual([]);
  }, 60_000);

  test("the proof would see a rule taken away, and one more opened at both ends", () => {
    const whole = cluster;
    const pods = (namespace: string) =>
      new Map([...podsByName(true)].filter(([name]) => name.startsWith(`${namespace}/`)));
    const foundWith = (changes: Record<string, Partial<NetworkPolicy["spec"]>>) => {
      const policies = whole.policies.map((policy) => {
        const change = changes[`${policy.metadata.namespace}/${policy.metadata.name}`];
        return change ? { ...policy, spec: { ...policy.spec, ...change } } : policy;
      });
      cluster = { ...whole, policies };
      const found = differences(pods("training-lgsp"), pods("training-mot-cua"), allExpected());
      cluster = whole;
      return found;
    };
    expect(foundWith({})).toEqual([]);
    expect(foundWith({ "training-mot-cua/api": { ingress: [] } })).toEqual([
      "training-lgsp/gateway>training-mot-cua/api:8443 should be open",
    ]);
    const ssh = [{ ports: [{ port: 22 }] }];
    expect(
      foundWith({ "training-mot-cua/portal": { ingress: ssh }, "training-lgsp/admin": { egress: ssh } }),
    ).toEqual(["training-lgsp/admin>training-mot-cua/portal:22 should be closed"]);
  });

  test("every pod resolves names, at the cluster's resolver and nowhere else", () => {
    const dns = outsiders.get("dns")!;
    for (const pod of manifests.pods) {
      expect([isOpen(pod, dns, 53, "UDP"), isOpen(pod, dns, 53), isOpen(pod, dns, 853)], nameOf(pod)).toEqual(
        [true, true, false],
      );
      expect(isOpen(pod, outsiders.get("other in kube-system")!, 53, "UDP"), nameOf(pod)).toBe(false);
      expect(isOpen(pod, hostile, 53, "UDP"), nameOf(pod)).toBe(false);
    }
  });

  test("systems of production reach each other through the LGSP alone", () => {
    const ids = rows<SystemRow>(inventory, "systems")
      .filter(({ platform }) => platform)
      .map(({ id }) => id);
    const reach = ids.flatMap((from) =>
      ids
        .filter((to) => to !== from && anyPort(`production-${from}`, `production-${to}`))
        .map((to) => `${from} > ${to}`),
    );
    // Read off the exchange map by eye.
    expect(reach.sort()).toEqual([
      "bao-cao > lgsp",
      "ioc > lgsp",
      "lgsp > bao-cao",
      "lgsp > csdl-gis",
      "lgsp > mot-cua",
      "lgsp > quan-ly-nhan-su",
      "lgsp > van-ban-dieu-hanh",
      "mot-cua > lgsp",
      "quan-ly-nhan-su > lgsp",
      "thanh-tra-khieu-to > lgsp",
      "van-ban-dieu-hanh > lgsp",
    ]);
  });

  test("environments never reach each other, and only production reaches the nation's platforms", () => {
    const of = (environment: string) =>
      manifests.pods.filter(({ namespace }) => namespace.startsWith(`${environment}-`));
    for (const from of environments)
      for (const to of environments.filter((one) => one !== from))
        expect(
          of(from).some((pod) =>
            of(to).some((other) => portsOf(other).some((port) => isOpen(pod, other, port))),
          ),
        ).toBe(false);
    const nation = outsiders.get("ndxp")!;
    expect(environments.map((one) => of(one).some((pod) => isOpen(pod, nation, 8443)))).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("the IOC reads the health feed, and nobody else does", () => {
    const feed = outsiders.get("pdc-health")!;
    const readers = manifests.pods.filter((pod) => isOpen(pod, feed, 8443)).map(nameOf);
    expect(readers.sort()).toEqual(["production-ioc/collector", "training-ioc/collector"]);
  });
});

function portsOf(pod: Pod): number[] {
  return [...(pod.ports ?? []).map(({ port }) => port), 22, 5432, 8443];
}

function anyPort(from: string, to: string): boolean {
  const of = (namespace: string) => manifests.pods.filter((pod) => pod.namespace === namespace);
  return of(from).some((pod) =>
    of(to).some((other) => portsOf(other).some((port) => isOpen(pod, other, port))),
  );
}
