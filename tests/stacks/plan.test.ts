/** The plan of the platform: always the same, whole in itself, and another where the cluster has other extensions. */
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadInventory } from "../../src/inventory/load.ts";
import type { Inventory } from "../../src/inventory/model.ts";
import type { Cluster } from "../../src/inventory/platform-model.ts";
import {
  type KubernetesObject,
  nameOf,
  type PlannedObject,
  podTemplateOf,
} from "../../src/policy/objects.ts";
import { cpuText, millicores, octets, octetsText } from "../../src/policy/quantity.ts";
import { planPlatform } from "../../stacks/platform/plan.ts";
import { readOwnManifests } from "../../stacks/platform/read-manifests.ts";

const inventory = await loadInventory(resolve(import.meta.dirname, "../../inventory/quang-binh"), {
  cacheDirectory: false,
});
const own = await readOwnManifests(inventory);
const environments = [...inventory.environments.keys()];
const plan = (environment: string, from: Inventory = inventory) =>
  planPlatform(from, environment, own).objects;
const withCluster = (change: Partial<Cluster>): Inventory => {
  const cluster = inventory.clusters.get("trung-tam")!;
  return { ...inventory, clusters: new Map([["trung-tam", { ...cluster, ...change }]]) };
};
const kinds = (objects: readonly PlannedObject[]) => new Set(objects.map(({ object }) => object.kind));

describe("the example", () => {
  test("production and training have 300 objects and more, of eight systems each", () => {
    const both = [...plan("production"), ...plan("training")];
    expect(both.length).toBeGreaterThanOrEqual(300);
    expect(new Set(both.map(({ system }) => system)).size).toBe(8);
    expect(both.filter(({ object }) => object.kind === "Namespace")).toHaveLength(16);
  });

  test.each(environments)("%s is the same each time, and no two objects have one name", (environment) => {
    expect(JSON.stringify(plan(environment))).toBe(JSON.stringify(plan(environment)));
    const names = plan(environment).map(({ object }) => nameOf(object));
    expect(new Set(names).size).toBe(names.length);
  });

  test("an environment that is not there is told with those that are", () => {
    expect(() => planPlatform(inventory, "prod")).toThrow("no environment prod");
  });
});

describe.each(environments)("%s", (environment) => {
  const objects = plan(environment);
  const has = (kind: string, namespace: string | undefined, name: string) =>
    objects.some(
      ({ object }) =>
        object.kind === kind && object.metadata.namespace === namespace && object.metadata.name === name,
    );

  test("every namespace has a frame: owner, level, Pod Security, quota, limits, denial, roles", () => {
    for (const { object, system } of objects.filter((one) => one.object.kind === "Namespace")) {
      const { name, labels } = object.metadata;
      const { owner, securityLevel } = inventory.systems.get(system)!;
      expect(labels).toMatchObject({
        "pdc/owner": owner,
        "pdc/security-level": String(securityLevel),
        "pod-security.kubernetes.io/enforce": "restricted",
      });
      for (const [kind, one] of [
        ["ResourceQuota", "quota"],
        ["LimitRange", "limits"],
        ["NetworkPolicy", "default-deny"],
        ["RoleBinding", "operators"],
        ["RoleBinding", "viewers"],
        ["ServiceAccount", "default"],
      ] as const)
        expect(has(kind, name, one), `${name} ${kind} ${one}`).toBe(true);
    }
  });

  test("everything that a pod names is in its namespace", () => {
    for (const { object } of objects) {
      const spec = podTemplateOf(object)?.spec;
      if (!spec) continue;
      const { namespace } = object.metadata;
      const need = (kind: string, name: string) =>
        expect(has(kind, namespace, name), `${nameOf(object)}: ${kind} ${name}`).toBe(true);
      if (spec.serviceAccountName) need("ServiceAccount", spec.serviceAccountName);
      for (const { name } of (spec.imagePullSecrets ?? []) as { name: string }[]) need("Secret", name);
      const mounted = new Set((spec.volumes ?? []).map(({ name }) => name));
      const claims =
        (object.spec as { volumeClaimTemplates?: { metadata: { name: string } }[] }).volumeClaimTemplates ??
        [];
      for (const { metadata } of claims) mounted.add(metadata.name);
      for (const volume of spec.volumes ?? []) {
        const { secret } = volume as { secret?: { secretName: string } };
        if (secret) need("Secret", secret.secretName);
      }
      for (const container of spec.containers) {
        for (const { name } of container.volumeMounts ?? []) expect(mounted, nameOf(object)).toContain(name);
        for (const { configMapRef } of container.envFrom ?? [])
          if (configMapRef) need("ConfigMap", configMapRef.name);
        for (const { valueFrom } of container.env ?? []) {
          const { secretKeyRef } = (valueFrom ?? {}) as { secretKeyRef?: { name: string; key: string } };
          if (!secretKeyRef) continue;
          need("Secret", secretKeyRef.name);
          const secret = objects.find(
            (one) =>
              one.object.kind === "Secret" &&
              one.object.metadata.namespace === namespace &&
              one.object.metadata.name === secretKeyRef.name,
          );
          expect(Object.keys(secret?.values ?? {}), `${nameOf(object)}: ${secretKeyRef.key}`).toContain(
            secretKeyRef.key,
          );
        }
      }
    }
  });

  test("every selector finds the pods it is for, and every port that is served is a container's", () => {
    const pods = objects.flatMap(({ object }) => {
      const template = podTemplateOf(object);
      return template ? [{ object, template }] : [];
    });
    const selected = (object: KubernetesObject, labels: Record<string, string>) =>
      pods.filter(
        (pod) =>
          pod.object.metadata.namespace === object.metadata.namespace &&
          Object.entries(labels).every(([key, value]) => pod.template.metadata?.labels?.[key] === value),
      );
    for (const { object } of objects) {
      const spec = object.spec as {
        selector?: Record<string, string> & { matchLabels?: Record<string, string> };
        ports?: { targetPort: number }[];
        scaleTargetRef?: { kind: string; name: string };
        rules?: { http: { paths: { backend: { service: { name: string } } }[] } }[];
      };
      if (object.kind === "Service") {
        const found = selected(object, spec.selector!);
        expect(found.length, nameOf(object)).toBeGreaterThan(0);
        const open = found[0]!.template.spec.containers.flatMap(
          ({ ports }) => ports?.map((one) => one.containerPort) ?? [],
        );
        for (const { targetPort } of spec.ports!) expect(open, nameOf(object)).toContain(targetPort);
      }
      if (["Deployment", "StatefulSet", "PodDisruptionBudget"].includes(object.kind))
        expect(selected(object, spec.selector!.matchLabels!).length, nameOf(object)).toBeGreaterThan(0);
      if (spec?.scaleTargetRef)
        expect(has(spec.scaleTargetRef.kind, object.metadata.namespace, spec.scaleTargetRef.name)).toBe(true);
      for (const { http } of object.kind === "Ingress" ? spec.rules! : [])
        expect(has("Service", object.metadata.namespace, http.paths[0]!.backend.service.name)).toBe(true);
    }
  });

  test("no object holds a secret's value, and every name outside has a certificate", () => {
    for (const { object, values } of objects.filter((one) => one.object.kind === "Secret")) {
      expect(object).not.toHaveProperty("data");
      expect(object).not.toHaveProperty("stringData");
      expect(Object.keys(values ?? {}).length).toBeGreaterThan(0);
    }
    const hosts = objects
      .filter(({ object }) => object.kind === "Ingress")
      .map(({ object }) => object.spec as { tls: { hosts: string[] }[]; rules: { host: string }[] });
    for (const { tls, rules } of hosts) expect(tls[0]!.hosts).toEqual([rules[0]!.host]);
    expect(new Set(hosts.map(({ rules }) => rules[0]!.host)).size).toBe(hosts.length);
  });
});

test("every registry that wants a login has one in each namespace, and pods name them all", () => {
  const center = inventory.registries.get("center")!;
  const registries = new Map([
    ["center", center],
    ["open", { ...center, id: "open", host: "open.example", credential: undefined }],
    ["partner", { ...center, id: "partner", host: "partner.example", isCenter: false, credential: "ioc-db" }],
  ]);
  const objects = plan("training", { ...inventory, registries });
  const secrets = objects.filter(
    ({ object, system }) => system === "ioc" && object.type === "kubernetes.io/dockerconfigjson",
  );
  expect(secrets.map(({ object, values }) => [object.metadata.name, values?.[".dockerconfigjson"]])).toEqual([
    ["registry-center", { credential: "registry-reader", field: "dockerConfig", host: center.host }],
    ["registry-partner", { credential: "training-ioc-db", field: "dockerConfig", host: "partner.example" }],
  ]);
  for (const { object } of objects) {
    const names = podTemplateOf(object)?.spec.imagePullSecrets as { name: string }[] | undefined;
    if (names) expect(names.map(({ name }) => name)).toEqual(["registry-center", "registry-partner"]);
  }
});

describe("a cluster with extensions", () => {
  test("cloudnative-pg: Clusters of three in place of StatefulSets, PostGIS made in them", () => {
    const objects = plan("production", withCluster({ operators: ["cloudnative-pg"] }));
    const clusters = objects.filter(({ object }) => object.kind === "Cluster");
    expect(clusters).toHaveLength(8);
    const gis = clusters.find(({ system }) => system === "csdl-gis")!.object.spec as Record<string, never>;
    expect(gis).toMatchObject({
      instances: 3,
      bootstrap: {
        initdb: {
          owner: "csdl_gis",
          secret: { name: "database" },
          postInitApplicationSQL: [expect.stringContaining("postgis")],
        },
      },
    });
    expect(
      objects.some(({ object }) => object.kind === "StatefulSet" && object.metadata.name === "database"),
    ).toBe(false);
  });

  test("cert-manager: its issuer signs, and each name has a secret of its own", () => {
    const objects = plan(
      "production",
      withCluster({ operators: ["cert-manager"], certificateIssuer: "center" }),
    );
    const ingress = objects.find(({ object }) => object.kind === "Ingress")!.object;
    expect(ingress.metadata.annotations).toEqual({ "cert-manager.io/cluster-issuer": "center" });
    const serving = objects.find(
      ({ object, system }) => object.kind === "Certificate" && system === "ioc",
    )!.object;
    expect(serving.spec).toMatchObject({
      secretName: "center-tls",
      dnsNames: expect.arrayContaining(["database.production-ioc.svc", "api.production-ioc.svc"]),
      issuerRef: { kind: "ClusterIssuer", name: "center" },
    });
    expect(
      objects.some(({ object }) => object.kind === "Secret" && object.metadata.name === "center-tls"),
    ).toBe(false);
    expect((ingress.spec as { tls: { secretName: string }[] }).tls[0]?.secretName).toBe(
      `${ingress.metadata.name}-tls`,
    );
  });

  test("a Gateway: routes in place of Ingresses; prometheus: monitors of pods", () => {
    const objects = plan(
      "production",
      withCluster({
        operators: ["gateway-api", "prometheus"],
        gateway: { name: "center", namespace: "ingress" },
      }),
    );
    expect(kinds(objects).has("Ingress")).toBe(false);
    expect(objects.filter(({ object }) => object.kind === "HTTPRoute")).toHaveLength(8);
    const endpoints = (from: readonly PlannedObject[]) =>
      from
        .filter(({ object }) => object.kind === "PodMonitor")
        .map(
          ({ object }) =>
            (object.spec as { podMetricsEndpoints: { scheme: string; tlsConfig?: object }[] })
              .podMetricsEndpoints[0]!,
        );
    expect(endpoints(objects).length).toBeGreaterThan(10);
    // By its address a pod cannot be verified, unless it is told what name its certificate has.
    for (const { scheme, tlsConfig } of endpoints(objects))
      expect(tlsConfig).toEqual(scheme === "https" ? { insecureSkipVerify: true } : undefined);
    const issued = plan(
      "production",
      withCluster({ operators: ["cert-manager", "prometheus"], certificateIssuer: "center" }),
    );
    expect(endpoints(issued)).toContainEqual(
      expect.objectContaining({
        tlsConfig: {
          serverName: "api.production-ioc.svc",
          ca: { secret: { name: "center-tls", key: "ca.crt" } },
        },
      }),
    );
  });
});

describe("a system's own manifests", () => {
  const adopt = (object: unknown) =>
    planPlatform(
      inventory,
      "production",
      new Map([["bao-cao", [{ file: "manifests/bao-cao/x.yaml", line: 3, object }]]]),
    );
  const of = (kind: string, apiVersion = "v1", more = {}) => ({
    apiVersion,
    kind,
    metadata: { name: "x", ...more },
  });

  test("are taken into the namespace, with its labels, without a token of the API", () => {
    const job = plan("production").find(({ object }) => object.kind === "CronJob")!;
    expect(job.file).toBe("manifests/bao-cao/monthly-report.yaml:2");
    expect(job.object.metadata).toMatchObject({
      namespace: "production-bao-cao",
      labels: { "pdc/environment": "production" },
    });
    expect(podTemplateOf(job.object)).toMatchObject({
      metadata: { labels: { "app.kubernetes.io/part-of": "bao-cao" } },
      spec: { automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } },
    });
  });

  test.each([
    ["a namespace", of("Namespace")],
    ["a secret", of("Secret")],
    ["a policy that opens", of("NetworkPolicy", "networking.k8s.io/v1")],
    ["rights", of("RoleBinding", "rbac.authorization.k8s.io/v1")],
    ["rights on the cluster", of("ClusterRoleBinding", "rbac.authorization.k8s.io/v1")],
    ["another system's namespace", of("ConfigMap", "v1", { namespace: "production-lgsp" })],
    ["an object that a workload makes", { apiVersion: "v1", kind: "Service", metadata: { name: "api" } }],
    [
      "pods that a workload would count",
      {
        ...of("Job", "batch/v1"),
        spec: {
          template: { metadata: { labels: { "app.kubernetes.io/name": "api" } }, spec: { containers: [] } },
        },
      },
    ],
    ["no containers", { ...of("Deployment", "apps/v1"), spec: { replicas: 2 } }],
    ["an empty template", { ...of("Job", "batch/v1"), spec: { template: { metadata: {}, spec: {} } } }],
    [
      "a container without an image",
      { ...of("Job", "batch/v1"), spec: { template: { spec: { containers: [{ name: "a" }] } } } },
    ],
    [
      "volumes that are no list",
      {
        ...of("Job", "batch/v1"),
        spec: { template: { spec: { containers: [{ name: "a", image: "b" }], volumes: { a: 1 } } } },
      },
    ],
    ["a service of nothing", of("Service")],
    ["rules that are no list", { ...of("Ingress", "networking.k8s.io/v1"), spec: { rules: { host: "a" } } }],
    ["numbers where texts must be", { ...of("ConfigMap"), data: { port: 80 } }],
    ["a name that is none", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "Web_Config" } }],
    ["no object", { hello: "world" }],
    ["a text", "hello"],
  ])("may not bring %s", (_what, object) => {
    expect(() => adopt(object)).toThrow(/^manifests\/bao-cao\/x\.yaml:3: /);
  });
});

describe("quantities", () => {
  test("are read back as they were written", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e7 }), (count) => millicores(cpuText(count)) === count));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e7 }),
        (mebi) => octets(octetsText(mebi * 2 ** 20)) === mebi * 2 ** 20,
      ),
    );
    expect([millicores("0.5"), millicores("2"), octets("1G"), octets("1Gi"), octets("5")]).toEqual([
      500,
      2000,
      1e9,
      2 ** 30,
      5,
    ]);
    expect([millicores("x"), octets("1GB")]).toEqual([Number.NaN, Number.NaN]);
  });
});
