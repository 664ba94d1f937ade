/** What Kubernetes carries: systems, clusters, images and who may reach whom. */
import { describe, expect, it } from "vitest";
import { briefly, load, problemsOf } from "./temporary.ts";

const P = "systems/p.yaml";
const platform = (workloads: string, more = "") =>
  `- id: p\n  name: P\n  nameEn: P\n  owner: center\n  handledBy: workload\n  platform:\n${more}    workloads:\n${workloads}`;
const images = {
  "credentials/w.yaml": "- { id: w, kind: password, password: { env: W } }\n",
  "registries/r.yaml": "- { id: r, name: R, host: registry.example }\n",
  "images/i.yaml": "- { id: i, registry: r, repository: a/b, tag: v1 }\n",
};
const workload = (name: string, more = "") =>
  `      - { name: ${name}, template: api, image: i, cpu: 100m, memory: 64Mi${more} }\n`;
const broker = (more: string) =>
  `      - { name: q, template: broker, image: i, cpu: 100m, memory: 64Mi, ${more} }\n`;
const cluster =
  '- id: k\n  name: K\n  site: center\n  pools: [{ name: w, nodes: 2, cpu: "4", memory: 8Gi }]\n  storageClasses: [{ name: s, capacity: 1Ti }]\n  services:\n' +
  ["dns", "ingress", "monitoring", "backup"]
    .map((one) => `    ${one}: { namespace: ${one}, labels: { a/b.c: d } }\n`)
    .join("");

describe("the platform", () => {
  it("is accepted as it should be written", async () => {
    const { systems, clusters } = await load({
      ...images,
      "clusters/k.yaml": cluster,
      "environments/e.yaml":
        '- { id: e, name: E, cluster: k, domain: e.example, data: real, quotas: [{ system: p, cpu: "1", memory: 1Gi, pods: 3 }] }\n',
      [P]: platform(workload("a", ", calls: [b]") + workload("b")),
    });
    expect(systems.get("p")?.platform?.workloads.map(({ replicas }) => replicas.min)).toEqual([2, 2]);
    expect(clusters.get("k")?.services.dns.labels).toEqual({ "a/b.c": "d" });
  });

  it.each([
    ["an image", { [P]: platform(workload("a")) }, `${P}:8:42 dangling-reference`],
    [
      "a workload to call",
      { ...images, [P]: platform(workload("a", ", calls: [bb]") + workload("b")) },
      `${P}:8:78 dangling-reference`,
    ],
    [
      "a credential",
      { ...images, [P]: platform(workload("a", ", secrets: [{ name: X, credential: none }]")) },
      `${P}:8:103 dangling-reference`,
    ],
    [
      "a credential of the right kind",
      { ...images, [P]: platform(workload("a", ", secrets: [{ name: X, credential: v2c }]")) },
      `${P}:8:103 wrong-kind`,
    ],
    [
      "a user where one is taken",
      {
        ...images,
        [P]: platform(workload("a", ", secrets: [{ name: X, credential: w, field: user }]")),
      },
      `${P}:8:103 missing-key`,
    ],
    [
      "a gateway",
      { ...images, [P]: platform(workload("a"), "    gateway: b\n") },
      `${P}:7:14 dangling-reference`,
    ],
    [
      "a name for each",
      { ...images, [P]: platform(workload("a") + workload("a")) },
      `${P}:9:17 duplicate-id`,
    ],
    [
      "a name that no object of the frame has",
      { ...images, [P]: platform(workload("registry-x")) },
      `${P}:8:17 invalid-name`,
    ],
    [
      "one value for a variable",
      {
        ...images,
        [P]: platform(workload("a", ", config: { X: a }, secrets: [{ name: X, credential: w }]")),
      },
      `${P}:8:106 duplicate-id`,
    ],
    [
      "brokers that have a majority when one is away",
      { ...images, [P]: platform(broker("replicas: { min: 2 }, clusterCredential: w")) },
      `${P}:8:90 invalid-value`,
    ],
    [
      "also where it is not said how many they are",
      { ...images, [P]: platform(broker("clusterCredential: w")) },
      `${P}:8:9 invalid-value`,
    ],
    [
      "brokers that do not grow by themselves",
      { ...images, [P]: platform(broker("replicas: { min: 3, max: 5 }, clusterCredential: w")) },
      `${P}:8:98 invalid-value`,
    ],
    [
      "brokers that know each other",
      { ...images, [P]: platform(broker("replicas: { min: 3 }")) },
      `${P}:8:83 missing-key`,
    ],
    [
      "no other thing of a name that the broker makes",
      { ...images, [P]: platform(broker("replicas: { min: 1 }") + workload("q-nodes")) },
      `${P}:8:17 invalid-name`,
    ],
    [
      "a cluster",
      { "environments/e.yaml": "- { id: e, name: E, cluster: k, domain: e.example, data: real }\n" },
      "environments/e.yaml:1:30 dangling-reference",
    ],
    [
      "one end or the other",
      {
        "exchanges/x.yaml":
          "- { id: x, consumer: {}, provider: { endpoint: e }, dataClass: public, purpose: p }\n",
      },
      "exchanges/x.yaml:1:22 invalid-value",
    ],
    [
      "a workload at the end of an exchange",
      {
        ...images,
        [P]: platform(workload("a")),
        "endpoints/e.yaml":
          "- { id: e, name: E, reach: center, addresses: [192.0.2.1/32], port: 443, accepts: public }\n",
        "exchanges/x.yaml":
          "- { id: x, consumer: { system: p, workload: aa }, provider: { endpoint: e }, dataClass: public, purpose: p }\n",
      },
      "exchanges/x.yaml:1:45 dangling-reference",
    ],
    [
      "octets in binary units",
      { ...images, [P]: platform(workload("a").replace("64Mi", "64MB")) },
      `${P}:8:64 invalid-format`,
    ],
  ])("wants %s", async (_what, files, place) => {
    expect(briefly(await problemsOf(files as Record<string, string>))).toEqual([place]);
  });
});
