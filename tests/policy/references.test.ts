/** What a system's own manifests name, and is not there: it would be taken by the API server, and never start. */
import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../src/policy/objects.ts";
import { referenceFindings } from "../../src/policy/references.ts";

const object = (apiVersion: string, kind: string, name: string, more: object = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "n" },
  ...more,
});
const web = (spec: object, more: object = {}) =>
  object("apps/v1", "Deployment", "web", {
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "c", image: "i", ...more }], ...spec },
      },
    },
  });
const findings = (...objects: KubernetesObject[]) => {
  const planned = objects.map((one) => ({
    object: one,
    at: { kind: "systems", id: "s" } as const,
    system: "s",
  }));
  const plan = { environment: "e", objects: planned };
  return referenceFindings({ plan } as unknown as Parameters<typeof referenceFindings>[0]).map(
    ({ rule, message, remedy }) => `${rule}: ${message.replace(/^\S+ n\/\S+ /, "")} (${remedy})`,
  );
};

describe("references", () => {
  test("what is there, optional, or made by the cluster is fine", () => {
    const found = findings(
      web(
        { serviceAccountName: "web", volumes: [{ name: "ca", configMap: { name: "kube-root-ca.crt" } }] },
        {
          envFrom: [{ configMapRef: { name: "settings" } }, { secretRef: { name: "none", optional: true } }],
          volumeMounts: [{ name: "ca", mountPath: "/ca" }],
        },
      ),
      object("v1", "ServiceAccount", "web"),
      object("v1", "ConfigMap", "settings"),
      object("v1", "Service", "web", { spec: { selector: { app: "web" } } }),
      object("v1", "Service", "elsewhere", { spec: { type: "ExternalName" } }),
    );
    expect(found).toEqual([]);
  });

  test("each way to name something is looked at, with what is near", () => {
    const found = findings(
      web(
        {
          serviceAccountName: "webb",
          initContainers: [{ name: "i", image: "i", envFrom: [{ secretRef: { name: "a" } }] }],
          volumes: [
            { name: "b", configMap: { name: "b" } },
            { name: "c", secret: { secretName: "c" } },
            { name: "d", persistentVolumeClaim: { claimName: "d" } },
            { name: "e", projected: { sources: [{ secret: { name: "e" } }] } },
          ],
        },
        {
          env: [
            { name: "F", valueFrom: { configMapKeyRef: { name: "f", key: "k" } } },
            { name: "G", valueFrom: { secretKeyRef: { name: "settigns", key: "k" } } },
          ],
        },
      ),
      object("v1", "ServiceAccount", "web"),
      object("v1", "Secret", "settings"),
    );
    expect(found).toEqual(
      [
        ["ServiceAccount webb", 'did you mean "web"?'],
        ["Secret settigns", 'did you mean "settings"?'],
      ]
        .map(([what, remedy]) =>
          expect.stringContaining(`${what}, which its system does not have (${remedy})`),
        )
        .toSpliced(
          1,
          0,
          ...["Secret a", "ConfigMap f"].map((what) => expect.stringContaining(`it needs ${what},`)),
        )
        .concat(
          ["ConfigMap b", "Secret c", "PersistentVolumeClaim d", "Secret e"].map((what) =>
            expect.stringContaining(`it needs ${what},`),
          ),
        ),
    );
  });

  test("mounts of no volume, selectors of nothing, backends and targets that are not there", () => {
    const mounting = web(
      { volumes: [{ name: "data", emptyDir: {} }] },
      { volumeMounts: [{ name: "dta", mountPath: "/d" }] },
    );
    expect(findings(mounting)).toEqual([
      expect.stringMatching(/^reference\/volume: .*"dta".*did you mean "data"/),
    ]);
    const other = web({});
    (other.spec as { selector: object }).selector = { matchLabels: { app: "wbe" } };
    expect(findings(other)).toEqual([
      expect.stringMatching(/^reference\/selector: .*does not select its own pods/),
    ]);
    expect(findings(object("v1", "Service", "web", { spec: { selector: { app: "web" } } }))).toEqual([
      expect.stringMatching(/^reference\/selector: .*selects no pod/),
    ]);
    const backend = { service: { name: "web", port: { number: 80 } } };
    const ingress = object("networking.k8s.io/v1", "Ingress", "web", {
      spec: { rules: [{ http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }] },
    });
    const scaling = object("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
      spec: { scaleTargetRef: { kind: "Deployment", name: "web" } },
    });
    expect(findings(ingress, scaling)).toEqual([
      expect.stringContaining("it needs Service web,"),
      expect.stringContaining("it needs Deployment web,"),
    ]);
  });

  test("what is near is of the same kind", () => {
    const found = findings(web({ serviceAccountName: "nobody" }), object("v1", "ServiceAccount", "api"));
    expect(found).toEqual([expect.stringMatching(/\(describe it, or take the reference out\)$/)]);
  });

  test("pods of its own that a Service leads to, and no flow", () => {
    const policy = object("networking.k8s.io/v1", "NetworkPolicy", "api", {
      spec: { podSelector: { matchLabels: { "pdc/workload": "api" } } },
    });
    const service = object("v1", "Service", "web", { spec: { selector: { app: "web" } } });
    const own = (flow?: string) => {
      const deployment = web({});
      const { template } = deployment.spec as { template: { metadata: { labels: Record<string, string> } } };
      if (flow) template.metadata.labels["pdc/workload"] = flow;
      return deployment;
    };
    const rulesOf = (deployment: KubernetesObject, ...more: KubernetesObject[]) => {
      const place = { at: { kind: "systems", id: "s" } as const, system: "s" };
      const objects = [
        { object: deployment, file: "f:1", ...place },
        ...more.map((one) => ({ object: one, ...place })),
      ];
      const plan = { environment: "e", objects };
      return referenceFindings({ plan } as unknown as Parameters<typeof referenceFindings>[0]).map(
        ({ rule, severity, remedy }) => `${severity} ${rule} ${remedy}`,
      );
    };
    expect(rulesOf(own(), policy, service)).toEqual([
      expect.stringMatching(/^advisory reference\/flow .*one of api/),
    ]);
    expect(rulesOf(own("apii"), policy)).toEqual(['advisory reference/flow did you mean "api"?']);
    expect(rulesOf(own("api"), policy, service)).toEqual([]);
    expect(rulesOf(own(), policy)).toEqual([]);
  });
});
